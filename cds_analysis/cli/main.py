"""The command ``cds``: a thin layer over the package. Errors of the input are one clear message and exit
code 2.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import click

from cds_analysis import __version__
from cds_analysis.cli.intake import commands
from cds_analysis.cli.making import end, made
from cds_analysis.cli.site import site
from cds_analysis.errors import CdsError, ParameterError, several

__all__ = ["main"]


class _Group(click.Group):
    """Show an error of the input as its message, never as a traceback."""

    def invoke(self, ctx: click.Context):
        try:
            return super().invoke(ctx)
        except CdsError as error:
            click.secho(f"cds: {error}", err=True, fg="red" if sys.stderr.isatty() else None)
            ctx.exit(2)

    def resolve_command(self, ctx: click.Context, args: list[str]):
        from cds_analysis.errors import UnknownNameError, closest

        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            known = self.list_commands(ctx)
            raise UnknownNameError(
                "command", args[0], closest(args[0], known), f"Known are: {', '.join(known)}."
            )
        return super().resolve_command(ctx, args)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, package_name="cds-analysis")
def main() -> None:
    """Analyse Vietnam's provincial digital transformation: comparison, target gaps, ranking trends."""


def _settings(pairs: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ParameterError(f"--set takes NAME=VALUE, for example --set as_of=2024-06-30, not {pair!r}")
        found[name.strip()] = value
    return found


@main.command()
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


_TABLES = {
    "provinces": ("provinces", ["province_id", "gso_code", "iso_code", "name_vi", "name_en", "region_id"]),
    "units": ("units_2025", ["unit_id", "gso_code", "name_vi", "name_en", "kind"]),
    "indicators": ("indicators", ["indicator_id", "unit", "name_vi", "name_en"]),
    "indices": ("indices", ["index_id", "dimension_id", "code", "number", "name_vi", "name_en"]),
    "sources": ("sources", ["source_id", "kind", "publisher", "title"]),
}


@main.command("list")
@click.argument("what")
@click.option("--search", default="", help="Only rows that contain this text, with or without accents.")
@click.option(
    "--data",
    "data_dir",
    type=click.Path(path_type=Path),
    help="Your own data folder instead of the bundled one.",
)
def list_(what, search, data_dir) -> None:
    """List provinces, units, indicators, indices, sources or notebooks (tab-separated)."""
    from cds_analysis.dataset.load import load
    from cds_analysis.dataset.provinces import fold
    from cds_analysis.errors import UnknownNameError, closest

    if what == "notebooks":
        from cds_analysis.reports.catalogue import notebooks

        rows = [
            (n.name, ", ".join(f"{p.name}={p.default!r}" for p in n.parameters.values()))
            for n in notebooks().values()
        ]
        columns, extra = ["notebook", "parameters"], [""] * len(rows)
    elif what in _TABLES:
        table, columns = _TABLES[what]
        frame = getattr(load(data_dir), table)
        rows = frame.select(columns).rows()
        extra = frame["aliases"].fill_null("").to_list() if "aliases" in frame.columns else [""] * len(rows)
    else:
        known = [*_TABLES, "notebooks"]
        raise UnknownNameError("list", what, closest(what, known), f"Known are: {', '.join(known)}.")
    click.echo("\t".join(columns))
    for row, more in zip(rows, extra):
        if fold(search) in fold(" ".join(map(str, row)) + " " + more):
            click.echo("\t".join("" if v is None else str(v) for v in row))


@main.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--write",
    is_flag=True,
    help="Also write README.md (the data dictionary) and datapackage.json into the folder.",
)
def check(folder, write) -> None:
    """Check a data folder (the bundled one by default): its schemas, then every rule of the gate.

    An error ends with exit code 1. Warnings are listed, each with the start of the row that accepts it in accepted.csv.
    """
    from cds_analysis.dataset.checks import gate
    from cds_analysis.dataset.checks.finding import RULES
    from cds_analysis.dataset.dictionary import write_documents
    from cds_analysis.dataset.load import load
    from cds_analysis.errors import DataError

    try:
        data = load(folder)
        warnings = gate(data)
    except DataError as error:
        if folder is not None and not folder.is_dir():
            raise
        click.secho(f"cds: {error}", err=True, fg="red" if sys.stderr.isatty() else None)
        raise click.exceptions.Exit(1) from None
    for name, rows in data.row_counts().items():
        click.echo(f"{name:<16}{rows:>8,} {'row' if rows == 1 else 'rows'}")
    if write:
        for path in write_documents(data):
            click.echo(f"wrote {path}")
    for finding in warnings:
        click.echo(f"warning: {finding}\n  {finding.accepting()}")
    accepted = data.accepted.height
    click.echo(
        f"{data.folder}: {len(RULES)} rules, no error, {several(len(warnings), 'warning')}, {accepted} accepted with a reason"
    )


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--data",
    "data_dir",
    type=click.Path(path_type=Path),
    help="Your own data folder instead of the bundled one.",
)
def export(folder, data_dir) -> None:
    """Write the dataset as a release into a new FOLDER: CSV, Parquet, a workbook in either language, dictionary,
    citation, checksums.
    """
    from cds_analysis.dataset.checks import gate
    from cds_analysis.dataset.load import load
    from cds_analysis.dataset.version import data_version
    from cds_analysis.study.export import export

    data = load(data_dir)
    gate(data)
    files = export(data, folder)
    click.echo(f"{folder}: version {data_version(data)} of the data, {several(len(files), 'file')}")


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def explore(arguments) -> None:
    """Open JupyterLab on the explorer; further ARGUMENTS go to jupyter lab (for example --no-browser).

    Without a checkout the notebook is first copied to the current folder, so that the installed one stays as
    it is.
    """
    import shutil

    from cds_analysis.app.opening import trust
    from cds_analysis.paths import is_checkout, notebooks_folder

    notebook = notebooks_folder() / "05_explorer.ipynb"
    if not is_checkout():
        own = Path.cwd() / notebook.name
        try:
            if not own.exists():
                shutil.copy(notebook, own)
                click.echo(f"copied the explorer to {own}")
        except OSError as error:
            raise CdsError(
                f"cannot copy the explorer to {own}: {error.strerror}. Start it in a folder that can be written."
            ) from None
        notebook = own
    trust(notebook)  # its button runs it without a question
    sys.exit(subprocess.call([sys.executable, "-m", "jupyterlab", str(notebook), *arguments]))


for _command in (*commands, site):
    main.add_command(_command)

if __name__ == "__main__":
    main()
