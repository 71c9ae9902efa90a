"""The command ``cds``: a thin layer over the package. Errors of the input are one clear message and exit
code 2.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from cds_analysis import __version__
from cds_analysis.cli.intake import commands
from cds_analysis.cli.options import data_option
from cds_analysis.cli.report import report
from cds_analysis.cli.site import site
from cds_analysis.errors import CdsError, several

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
@data_option
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

    An error ends with exit code 1. Warnings are listed, each with the start of the row that accepts it in
    accepted.csv.
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
        f"{data.folder}: {len(RULES)} rules, no error, {several(len(warnings), 'warning')}, {accepted}"
        " accepted with a reason"
    )


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@data_option
def export(folder, data_dir) -> None:
    """Write the dataset as a release into a new FOLDER: CSV, Parquet, a workbook in either language,
    dictionary, citation, checksums.
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
                f"cannot copy the explorer to {own}: {error.strerror}. Start it in a folder that can be"
                " written."
            ) from None
        notebook = own
    trust(notebook)  # its button runs it without a question
    sys.exit(subprocess.call([sys.executable, "-m", "jupyterlab", str(notebook), *arguments]))


for _command in (report, *commands, site):
    main.add_command(_command)

if __name__ == "__main__":
    main()
