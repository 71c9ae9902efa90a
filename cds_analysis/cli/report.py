"""The command ``cds report``."""

from __future__ import annotations

import logging
import os
import signal
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import click

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
@click.option(
    "--data",
    "data_dir",
    type=click.Path(path_type=Path),
    help="Your own data folder instead of the bundled one.",
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(1, 256),
    default=os.cpu_count() or 1,
    show_default="number of cores",
    help="Reports made at a time.",
)
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
    help="Profiles as one A4 page each, the first screen only; printed to PDF as well where Chromium is installed.",
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
    from cds_analysis.reports.batch import run, why
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
    bar = tqdm(total=len(tasks), unit="report", disable=None, file=sys.stderr)

    def show(result) -> None:
        bar.update()
        if result.status == "failed":
            where = f" (cell {result.cell})" if result.cell is not None else ""
            bar.write(f"failed: {result.key}{where}: {result.error.splitlines()[0]}", file=sys.stderr)

    limits = Limits(timeout, memory)
    ended_by: list[int] = []
    try:
        with _interruptible() as ended_by, _warnings_shown():
            results = run(
                tasks,
                out,
                data=data,
                jobs=jobs,
                force=force,
                engine=engine,
                dask=dask,
                limits=limits,
                on_result=show,
            )
    except KeyboardInterrupt:
        with suppress(OSError):  # of a terminal that is gone
            click.echo(
                f"interrupted: the reports finished so far are in {out}; run again to make the others",
                err=True,
            )
        ctx.exit(128 + (ended_by[0] if ended_by else signal.SIGINT))
    finally:
        with suppress(OSError):
            bar.close()
    counts = {s: sum(r.status == s for r in results) for s in ("made", "unchanged", "failed")}
    click.echo(
        f"{counts['made']} made, {counts['unchanged']} unchanged, {counts['failed']} failed: {out / 'index.html'}"
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
    if counts["failed"]:
        click.echo(f"The notebooks that failed are in {out / 'failed'}.", err=True)
        ctx.exit(1)


@contextmanager
def _interruptible():
    """Treat SIGTERM, and SIGHUP of a terminal that is closed, as Ctrl-C: the batch ends its children and
    leaves a manifest. Yield a list that the number of the signal is put into. With ``nohup`` the batch goes on.
    """
    came: list[int] = []

    def stop(number, frame):
        came.append(number)
        raise KeyboardInterrupt

    names = [s for s in (signal.SIGTERM, getattr(signal, "SIGHUP", None)) if s is not None]
    before = {s: signal.getsignal(s) for s in names if signal.getsignal(s) is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, stop)
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _warnings_shown():
    """Show what the package logs, one sentence a line."""

    class Shown(logging.Handler):
        def emit(self, record) -> None:
            click.echo(f"cds: {record.getMessage()}", err=True)

    logger, handler = logging.getLogger("cds_analysis"), Shown(logging.WARNING)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
