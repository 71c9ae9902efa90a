"""Options that several commands take."""

from __future__ import annotations

import os
from pathlib import Path

import click

__all__ = ["data_option", "jobs_option"]

data_option = click.option(
    "--data",
    "data_dir",
    type=click.Path(path_type=Path),
    help="Your own data folder instead of the bundled one.",
)
jobs_option = click.option(
    "--jobs",
    "-j",
    type=click.IntRange(1, 256),
    default=os.cpu_count() or 1,
    show_default="number of cores",
    help="Reports made at a time.",
)
