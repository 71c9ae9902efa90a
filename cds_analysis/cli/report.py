"""The command ``cds report``."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import click

from cds_analysis.cli.making import end, made
from cds_analysis.cli.options import data_option, jobs_option
from cds_analysis.errors import ParameterError

__all__ = ["report"]


def _settings(pairs: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ParameterError(f"--set takes NAME=VALUE, for example --set as_of=2024-06-30, not {pair!r}")
        found[name.strip()] = value
    return found


@click.command()
@click.argument("notebook", nargs=-1)
@click.option(
    "--province",
    "-p",
    multiple=True,
    help="A province in any spelling, a region id, or 'all'; may be repeated.",
)
@click.option("--lang", "-l", multiple=True, help="vi or en; both by default.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Another parameter of the notebook; may be repeated.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("outputs"),
    show_default=True,
    help="Folder for the reports.",
)
@data_option
@jobs_option
@click.option(
    "--standalone",
    is_flag=True,
    help="Leave out the links to other pages, for a page that is sent on by itself.",
)
@click.option(
    "--each", is_flag=True, help="One report for each province of every notebook, not only of the profile."
)
@click.option("--force", is_flag=True, help="Make all, also those that are unchanged.")
@click.option("--dry-run", is_flag=True, help="Only say which reports would be made, and why.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "fork", "pool"]),
    default="auto",
    show_default=True,
    help="How reports are made side by side: forked children, or a pool with a kernel each.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(1),
    default=600,
    show_default=True,
    help="Seconds that a cell may take.",
)
@click.option(
    "--memory",
    type=click.IntRange(0),
    default=4096,
    show_default=True,
    help="MiB of memory that a report may take (0: no limit; forked children only).",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Make the reports on the workers of a Dask scheduler, for example tcp://host:8786.",
)
@click.option(
    "--brief",
    is_flag=True,
    help=(
        "Profiles as one A4 page each, the first screen only; printed to PDF as well where Chromium is"
        " installed."
    ),
)
@click.option("--pdf", is_flag=True, help="Print each report to PDF as well, with an installed Chromium.")
@click.pass_context
def report(
    ctx: click.Context,
    notebook,
    province,
    lang,
    settings,
    out,
    data_dir,
    jobs,
    standalone,
    each,
    force,
    dry_run,
    engine,
    timeout,
    memory,
    dask,
    brief,
    pdf,
) -> None:
    """Make HTML reports: every NOTEBOOK by default, with a profile of each province."""
    from tqdm import tqdm

    from cds_analysis.dataset.load import load
    from cds_analysis.dataset.provinces import find_provinces
    from cds_analysis.pages.pdf import find_chromium, print_pdf
    from cds_analysis.reports.batch import why
    from cds_analysis.reports.catalogue import find_notebook, notebooks
    from cds_analysis.reports.manifest import read_manifest
    from cds_analysis.reports.output_folder import OutputFolder
    from cds_analysis.reports.plan import plan
    from cds_analysis.running.forked import can_fork, start_server
    from cds_analysis.running.scratch import workspace
    from cds_analysis.running.tasks import Limits

    chosen_settings = _settings(settings)
    if brief:
        chosen_settings["brief"] = "true"
    chromium = ""
    if pdf:
        chromium = find_chromium()
    elif brief:
        with suppress(ParameterError):
            chromium = find_chromium()
    wanted = [find_notebook(n) for n in dict.fromkeys(notebook)] if notebook else list(notebooks().values())
    if brief and not notebook:
        wanted = [n for n in wanted if "brief" in n.parameters]
    if (
        engine != "pool"
        and not dask
        and not dry_run
        and can_fork()
        and (force or not (out / "manifest.json").exists())
    ):
        with suppress(RuntimeError):  # said later, where it is needed
            start_server([str(n.path) for n in wanted], jobs)  # it imports while the data are read
    data = load(data_dir)
    chosen = find_provinces(province, data.provinces) if province else None
    tasks = plan(
        wanted,
        data,
        provinces=chosen,
        langs=list(dict.fromkeys(lang)) or None,
        settings=chosen_settings,
        data_dir=data_dir,
        is_standalone=standalone,
        each=each,
    )
    if dry_run:
        manifest, _ = read_manifest(out)
        reasons = {t.path: "--force" if force else why(t, manifest, out) for t in tasks}
        for path, reason in reasons.items():
            if reason:
                click.echo(f"{path}\t{reason}")
        would = sum(map(bool, reasons.values()))
        click.echo(f"{would} would be made, {len(tasks) - would} unchanged")
        return
    results = made(
        ctx,
        tasks,
        out,
        data=data,
        jobs=jobs,
        force=force,
        engine=engine,
        dask=dask,
        limits=Limits(timeout, memory),
    )
    if brief and not chromium:
        click.echo("no Chromium here to print to PDF; print the pages from a browser")
    if chromium:
        done = [t for t, r in zip(tasks, results) if r.status != "failed"]
        folder = OutputFolder(out)
        with folder.held(), workspace() as scratch:
            for task in tqdm(done, unit="pdf", disable=None, file=sys.stderr):
                folder.write(f"{task.key}.pdf", print_pdf(out / task.path, chromium, scratch))
        click.echo(f"{len(done)} printed to PDF beside their pages")
    end(ctx, results, out)
