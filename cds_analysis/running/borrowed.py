"""What is changed in the caller's process for as long as a block runs, and put back afterwards."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

__all__ = ["environment", "log_level"]


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables while the block runs.

    Examples
    --------
    >>> with environment({"CDS_EXAMPLE": "1"}):
    ...     os.environ["CDS_EXAMPLE"]
    '1'
    >>> "CDS_EXAMPLE" in os.environ
    False
    """
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def log_level(name: str, level: int) -> Iterator[None]:
    """Set the level of a logger while the block runs."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)
