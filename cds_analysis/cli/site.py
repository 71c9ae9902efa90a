"""``cds site``: all reports, the dataset and the landing page as one folder that opens from a disk and from
any web server.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from cds_analysis.cli.making import end, made
from cds_analysis.cli.options import data_option, jobs_option

__all__ = ["site"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--address",
    default="",
    help=(
        "Where it will be published, such as https://name.github.io/repository/; only the map for search"
        " engines and the page for wrong addresses need it."
    ),
)
@data_option
@jobs_option
@click.pass_context
def site(ctx: click.Context, folder: Path, address: str, data_dir: Path | None, jobs: int) -> None:
    """Make a site in FOLDER: every report and every province's profile in both languages, the dataset, the
    landing page.
    """
    from cds_analysis.dataset.load import load
    from cds_analysis.reports.catalogue import notebooks
    from cds_analysis.reports.plan import plan
    from cds_analysis.reports.site import checked_address, write_around, write_dataset
    from cds_analysis.running.forked import can_fork, start_server

    address = checked_address(address)
    known = list(notebooks().values())
    if can_fork() and not (folder / "manifest.json").exists():
        with suppress(RuntimeError):  # said later, where it is needed
            start_server([str(n.path) for n in known], jobs)  # it imports while the data are read
    data = load(data_dir)
    tasks = plan(known, data, data_dir=data_dir)
    write_dataset(data, folder)
    results = made(ctx, tasks, folder, data=data, jobs=jobs)
    pages = write_around(folder, address)
    click.echo(f"{folder}: a site of {pages} pages")
    end(ctx, results, folder)
