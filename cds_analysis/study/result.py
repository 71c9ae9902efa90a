"""What a question to the front door gives back: rows computed on all provinces, picked afterwards.

A :class:`Result` keeps the whole table it was computed with, so that picking provinces, years or rows never
changes a rank, a median or a corrected p-value. It knows its sources, and goes to Polars, pandas, a file or a
picture in one call.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from cds_analysis.dataset.provinces import find_provinces
from cds_analysis.dataset.register import Series
from cds_analysis.errors import ParameterError, lacks, several
from cds_analysis.study.naming import named, written
from cds_analysis.views.labels import COLUMN_LABELS
from cds_analysis.views.prose.base import source_line, sources_of

if TYPE_CHECKING:
    import pandas as pd

    from cds_analysis.study.study import Study
    from cds_analysis.views.tables import Table
    from cds_analysis.views.theme import Chart

__all__ = ["Result"]

_SHOWN = 12  # rows of a result in a notebook
_IN_BRIEF = {
    "ranks": (
        "province_id",
        "index_id",
        "dimension_id",
        "year",
        "rank",
        "n_ranked",
        "score",
        "places_gained",
    ),
    "gaps": ("province_id", "indicator_id", "value", "as_of", "target", "due", "gap", "status"),
    "trends": (
        "province_id",
        "index_id",
        "dimension_id",
        "segment",
        "n_years",
        "slope_per_year",
        "p_adjusted",
        "verdict",
        "slope_own",
        "verdict_own",
    ),
    "compare": (
        "province_id",
        "series_id",
        "value",
        "percentile",
        "diff_national",
        "diff_region",
        "diff_peers",
    ),
    "standing": (
        "province_id",
        "index_id",
        "dimension_id",
        "year",
        "figure_rank",
        "median_rank",
        "rank_low_80",
        "rank_high_80",
        "since",
        "p_rise",
        "noise_share",
    ),
    "changes": (
        "province_id",
        "index_id",
        "dimension_id",
        "year_from",
        "year_to",
        "figure_rank_from",
        "figure_rank_to",
        "p_rise",
        "p_adjusted",
        "verdict",
        "reason",
    ),
    "reported": ("province_id", "indicator_id", "value", "printed", "as_of", "source_id", "locator"),
}


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """The rows of an answer, with what they were computed from.

    Parameters
    ----------
    name
        What was asked: ``ranks``, ``gaps``, ``trends``, ``compare``, ``standing``, ``changes``, ``carried``,
        ``find``.
    frame
        The rows picked so far; columns as the measure of that name documents them.
    whole
        All rows of the computation. Charts draw it, with the picked provinces in colour.
    study
        Gives language, names and sources.
    series
        Indices and dimensions it is about.
    family
        In words, the tests that were corrected together, or the provinces compared; empty where nothing
        depends on it.
    picked
        Ids of the provinces picked, in order; empty for all.
    """

    name: str
    frame: pl.DataFrame
    whole: pl.DataFrame
    study: Study
    series: tuple[Series, ...] = ()
    family: str = ""
    picked: tuple[str, ...] = field(default=())

    # ---- choosing rows

    def pick(self, *names: str | int | Iterable[str]) -> Result:
        """Keep provinces: names in any spelling, ids, codes, regions. All unknown names are listed
        at once.
        """
        flat = [n for name in names for n in ([name] if isinstance(name, str | int) else name)]
        ids = find_provinces(flat, self.study.data.provinces, self.study.data.regions)
        if "province_id" not in self.frame.columns:
            raise ParameterError(f"{self.name} has no provinces to pick")
        return replace(self, frame=self.frame.filter(pl.col("province_id").is_in(ids)), picked=tuple(ids))

    def years(self, first: int, last: int | None = None) -> Result:
        """Keep the years from `first` to `last` (only `first` without it); refused where no row lies
        there.
        """
        if "year" not in self.frame.columns:
            raise ParameterError(f"{self.name} has no column of years")
        last = first if last is None else last
        if not self.whole.filter(pl.col("year").is_between(first, last)).height:
            known = self.whole["year"]
            raise ParameterError(f"no year from {first} to {last}; there are {known.min()} to {known.max()}")
        return replace(
            self,
            frame=self.frame.filter(pl.col("year").is_between(first, last)),
            whole=self.whole.filter(pl.col("year").is_between(first, last)),
        )

    def where(self, **wanted: object) -> Result:
        """Keep the rows whose columns have these values; a value may be a list. A misspelt column is
        refused.
        """
        rows = self.frame
        for column, value in wanted.items():
            self._check_column(column)
            values = value if isinstance(value, list | tuple | set) else [value]
            if rows.schema[column] == pl.Date:
                values = [v if not isinstance(v, str) else pl.Series([v]).str.to_date()[0] for v in values]
            rows = rows.filter(pl.col(column).is_in(list(values)))
        return replace(self, frame=rows)

    def due(self, year: int) -> Result:
        """Keep targets that are due in a year."""
        self._check_column("due")
        return replace(self, frame=self.frame.filter(pl.col("due").dt.year() == year))

    def short(self) -> Result:
        """Keep targets that are not reached: a figure is on record, and it falls short."""
        self._check_column("gap")
        return replace(
            self, frame=self.frame.filter(pl.col("gap").is_not_null() & (pl.col("status") != "achieved"))
        )

    def keep(self, frame: pl.DataFrame) -> Result:
        """Return the result with these of its rows."""
        return replace(self, frame=frame)

    def sort(self, *columns: str, descending: bool = False) -> Result:
        """Sort the rows, missing values last."""
        for column in columns:
            self._check_column(column)
        return replace(self, frame=self.frame.sort(columns, descending=descending, nulls_last=True))

    def _check_column(self, column: str) -> None:
        if column not in self.frame.columns:
            raise lacks(self.name, "column", column, self.frame.columns)

    # ---- what it is

    @property
    def n_tested(self) -> int | None:
        """How many series were tested together, where p-values were corrected."""
        return self.whole["p_adjusted"].count() if "p_adjusted" in self.whole.columns else None

    @property
    def sources(self) -> pl.DataFrame:
        """The rows of ``sources`` that the rows shown name."""
        ids = sources_of(self.frame)
        order = pl.DataFrame({"source_id": ids}, schema={"source_id": pl.String})
        return order.join(self.study.data.sources, on="source_id", how="inner", maintain_order="left")

    @property
    def source_line(self) -> str:
        """The sources in one line, in the study's language."""
        return source_line(self.study.text, self.sources["source_id"].to_list())

    def __len__(self) -> int:
        return self.frame.height

    def __repr__(self) -> str:
        about = ", ".join(s.key for s in self.series)
        who = ", ".join(map(self.study.text.province, self.picked[:4])) + (" ..." if self.picked[4:] else "")
        facts = [several(len(self), "row"), about, who, self.family, several(self.sources.height, "source")]
        return f"<{self.name}: {'; '.join(f for f in facts if f)}>"

    def _repr_html_(self) -> str:
        t = self.study.text
        columns = [c for c in _IN_BRIEF.get(self.name, self.frame.columns) if c in self.frame.columns]
        brief = replace(self, frame=self.frame.select(columns).head(_SHOWN))
        count = t.counted("{shown} of {n} row", "{shown} of {n} rows", len(self), shown=t.number(len(brief)))
        return brief._as_table(
            " ".join(x for x in (f"{count}.", self.family and f"{self.family}.", self.source_line) if x)
        ).html

    # ---- where it goes

    def named(self) -> pl.DataFrame:
        """Return the rows with names instead of ids and headings in the study's language; sources as
        titles.
        """
        return named(self.frame, self.study.text)

    def to_polars(self) -> pl.DataFrame:
        """Return the rows as they are, with ids."""
        return self.frame

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas frame, with ids."""
        import pandas as pd

        return pd.DataFrame(self.frame.to_dict(as_series=False))

    def to_excel(self, path: str | Path) -> Path:
        """Write a workbook: the rows with names and headings, and a second sheet with the sources."""
        from cds_analysis.study.workbook import write_workbook

        t = self.study.text
        sources = self.sources.select("title", "publisher", "published", "url")
        sources = sources.rename({c: t(COLUMN_LABELS[c]) for c in sources.columns})
        return write_workbook(Path(path), {t(COLUMN_LABELS[self.name]): self.named(), t("Sources"): sources})

    def save(self, path: str | Path) -> Path:
        """Write a file; its ending says which: .csv, .parquet, .xlsx for rows, .png, .svg for the picture."""
        from cds_analysis.views.spreadsheet import flat_csv

        path, ending = Path(path), Path(path).suffix.lower()
        if ending == ".xlsx":
            return self.to_excel(path)
        if ending in (".png", ".svg"):
            return self.chart().save(path)
        if ending not in (".csv", ".parquet"):
            raise ParameterError(
                f"cannot write {path.name}: it must end in .csv, .xlsx, .parquet, .png or .svg"
            )
        try:
            if ending == ".parquet":
                self.frame.write_parquet(path)
            else:  # the mark lets Excel read it as UTF-8
                path.write_bytes(
                    b"\xef\xbb\xbf" + flat_csv(self.named(), for_spreadsheet=True).encode("utf-8")
                )
        except OSError as error:
            raise ParameterError(f"cannot write {path}: {error.strerror or error}") from None
        return path

    def chart(self) -> Chart:
        """Return the picture that fits the answer: ranks as lines, one year as a map, targets as
        distances.
        """
        from cds_analysis.study import pictures

        return pictures.picture(self)

    def bump(self, *names: str) -> Chart:
        """Return the ranks by year of all provinces, those named (or picked) in colour."""
        from cds_analysis.study import pictures

        return pictures.bump(self.pick(*names) if names else self)

    def map(self, year: int | None = None) -> Chart:
        """Return the tile map of one year, the latest by default, with the picked provinces framed."""
        from cds_analysis.study import pictures

        return pictures.tiles(self if year is None else self.years(year))

    def table(self) -> Table:
        """Return the rows as a report's table, with names, the study's language and the sources below."""
        return self._as_table(self.source_line)

    def _as_table(self, note: str) -> Table:
        from cds_analysis.views.tables import plain_table

        shown = self.named()
        decimals = self.series[0].decimals_exact if self.series else 2
        return plain_table(
            pl.DataFrame(
                {c: [written(v, self.study.text, decimals) for v in shown[c]] for c in shown.columns},
                schema=dict.fromkeys(shown.columns, pl.String),
            ),
            name=self.name,
            columns={c: c for c in shown.columns},
            title=self.study.text(COLUMN_LABELS[self.name]),
            source=note,
            right=[c for c in shown.columns if shown.schema[c].is_numeric()],
            data=self.frame,
        )
