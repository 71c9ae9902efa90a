"""The commands that bring figures in: ``cds extract``, ``cds review``, ``cds add`` and ``cds import``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from cds_analysis.cli.options import data_option
from cds_analysis.errors import ParameterError, several

__all__ = ["commands"]

_KINDS = ["article", "decision", "report", "dataset"]


@click.command()
@click.argument("file")
@click.option(
    "--out", type=click.Path(path_type=Path), help="File for the candidates (CSV); printed otherwise."
)
@click.option(
    "--province",
    help="Whose figures they are where the document names nobody nearer: a province, or viet-nam.",
)
@click.option("--unit", help="The same for a unit of 2025.")
@click.option("--date", "day", help="The day the document was written, such as 2024-07-05.")
@click.option(
    "--kind",
    type=click.Choice(["result", "target"]),
    help="What figures are where the document does not say.",
)
@click.option(
    "--index", help="The index its ranks and scores are of, where it names none: `cds list indices`."
)
@data_option
def extract(file, out, province, unit, day, kind, index, data_dir) -> None:
    """Propose the figures of a document (text, HTML, DOCX, PDF with a text layer, or - for standard input) as
    rows of the dataset.
    """
    from cds_analysis.dataset.load import load
    from cds_analysis.intake.add import write_candidates
    from cds_analysis.intake.extract import extract_file
    from cds_analysis.intake.frame import given

    data = load(data_dir)
    found = extract_file(
        file, data, given(data, province=province, unit=unit, day=day, kind=kind, index=index)
    )
    if out is None:
        click.echo(found.write_csv(), nl=False)
        return
    if out.exists():
        raise ParameterError(f"{out} exists and may hold decisions; give another name, or remove it")
    write_candidates(found, out)
    click.echo(
        f"{several(found.height, 'candidate')} in {out}. Decide with `cds review {out} --article {file}`, or"
        f" write accept or reject into the column decision; then `cds add {out}`."
    )


@click.command()
@click.argument("candidates", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--article",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="The article that the candidates come from.",
)
@data_option
def review(candidates, article, data_dir) -> None:
    """Open JupyterLab on the CANDIDATES of an article: each figure in its paragraph, to accept, correct or
    reject.
    """
    from cds_analysis.app.review_notebook import review_notebook

    notebook = review_notebook(candidates, article, data_dir)
    click.echo(f"Opening {notebook}; stop the server with Ctrl-C.")
    sys.exit(subprocess.call([sys.executable, "-m", "jupyterlab", str(notebook)]))


def _from_a_source(kind: str):
    """Add the options that say where figures come from, with a default for the kind of source."""
    options = [
        click.option(
            "--source", "source_id", required=True, help="Id of the source, such as article-lang-son-2024-07."
        ),
        click.option("--title", help="Title of a source that is not on record."),
        click.option("--publisher", help="Publisher of a source that is not on record."),
        click.option("--published", help="Its date of publication, such as 2024-07-05."),
        click.option("--url", help="Its address."),
        click.option(
            "--kind", type=click.Choice(_KINDS), default=kind, show_default=True, help="What sort of source."
        ),
        click.option(
            "--data",
            "data_dir",
            type=click.Path(path_type=Path),
            required=True,
            help="The data folder to add to.",
        ),
        click.option(
            "--data-date",
            type=click.DateTime(["%Y-%m-%d"]),
            help=(
                "Last day that the data speak of from now on, where the new figures are later than"
                " release.csv says."
            ),
        ),
    ]

    def decorate(command):
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _source(data, *, source_id, title, publisher, published, url, kind) -> dict:
    """Return the row of ``sources`` that the options say."""
    from cds_analysis.dataset.series import parse_day

    if source_id not in set(data.sources["source_id"]) and not (title and publisher):
        raise ParameterError(
            f"the source {source_id!r} is not on record; say its --title and --publisher, and --published and"
            " --url where they are known"
        )
    day = parse_day(published or "")
    return {
        "source_id": source_id,
        "title": title,
        "publisher": publisher,
        "published": day,
        "url": url,
        "kind": kind,
    }


@click.command()
@click.argument("candidates", type=click.Path(path_type=Path))
@_from_a_source("article")
def add(candidates, data_dir, data_date, **source) -> None:
    """Put the accepted CANDIDATES into a data folder: all of them or none."""
    from cds_analysis.dataset.load import load
    from cds_analysis.intake.add import accepted_changes, read_candidates

    data = load(data_dir)
    found = accepted_changes(read_candidates(candidates), data, _source(data, **source))
    _tell(found, found.write(data_date=data_date and data_date.date()), data_dir)


@click.command("import")
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--index", required=True, help="Id of the index, such as par; `cds list indices` shows all.")
@_from_a_source("dataset")
@click.option(
    "--year", type=click.IntRange(1990, 2100), help="The year measured, where the table does not say it."
)
@click.option(
    "--units",
    type=click.Choice(["63", "34"]),
    help="Old provinces or units of 2025; by default units from 2025 on.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def import_(table, index, data_dir, data_date, year, units, yes, **source) -> None:
    """Put a yearly ranking TABLE (CSV, XLSX, Parquet, HTML) into a data folder, after showing how it is read
    and what will change.
    """
    from cds_analysis.dataset.load import load
    from cds_analysis.intake.tables import read_table, table_changes

    data = load(data_dir)
    row = _source(data, **source)
    reading = read_table(table, index, data, year=year, units=units)
    found = table_changes(reading, index, data, row)
    for line in reading.columns:
        click.echo(line)
    if reading.left_out:
        click.echo(f"left out: {', '.join(dict.fromkeys(reading.left_out))[:300]}")
    years, new = sorted({row["year"] for row in reading.rows}), sum(map(len, found.rows.values()))
    click.echo(
        f"{several(len(reading.rows), 'figure')} of {years[0]}-{years[-1]}: {several(new, 'row')} to write,"
        f" {found.known} on record already, contradicting what is on record: {len(found.conflicts)}"
    )
    if found.rows and (yes or click.confirm("Write them?")):
        _tell(found, found.write(data_date=data_date and data_date.date()), data_dir)
    else:
        click.echo("nothing was written")


def _tell(found, warnings, data_dir) -> None:
    added = ", ".join(f"{len(rows)} {table}" for table, rows in found.rows.items()) or "nothing"
    click.echo(f"added: {added}; on record already: {found.known}; folder {data_dir}")
    for conflict in found.conflicts:
        click.echo(f"conflict: {conflict}", err=True)
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)


commands = [extract, review, add, import_]
