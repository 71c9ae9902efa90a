"""Compare new figures with those on record, figure by figure: what is new, what is known, what contradicts;
then write it all or nothing.
"""

from __future__ import annotations

from datetime import date

from cds_analysis.dataset.checks import Finding
from cds_analysis.dataset.load import Dataset
from cds_analysis.intake.folder import appended, change

__all__ = ["KEYS", "Changes"]

_RANKING = ("index_id", "dimension_id", "year")
KEYS = {
    "observations": ("province_id", "indicator_id", "as_of"),
    "targets": ("scope", "indicator_id", "due"),
    "area_observations": ("scope", "indicator_id", "as_of"),
    "area_targets": ("scope", "indicator_id", "due"),
    "claims": ("claim_id",),
    "scores": (*_RANKING, "province_id"),
    "unit_scores": (*_RANKING, "unit_id"),
    "national_scores": (*_RANKING, "quantity"),
}
_BY_SOURCE = (
    "observations",
    "targets",
    "area_observations",
    "area_targets",
)  # tables where each source that prints the figure has a row of its own
_WHY = {
    "reason_vi": "khác với số đã ghi; giữ số đã ghi cho đến khi có người xem lại",
    "reason_en": "differs from what is on record, which stays until someone has looked at it",
}


class Changes:
    """What a source adds to a dataset.

    Parameters
    ----------
    data
        The dataset on record; nothing of it is changed before :meth:`write`.
    source
        The row of ``sources``: at least ``source_id``; the other columns are needed where the source is not
        on record.

    Attributes
    ----------
    rows
        New rows by table, with the source where it is new, and an entry of ``conflicts`` for each new
        contradiction. A row that was on record without its score or without its rank is among them, whole.
    known
        Figures (and contradictions) that were on record already.
    conflicts
        The new contradictions in words; what is on record stays.
    """

    def __init__(self, data: Dataset, source: dict) -> None:
        self.rows: dict[str, list[dict]] = {}
        self.known = 0
        self.conflicts: list[str] = []
        self._data, self._source = data, source
        self._on_record: dict[str, dict[tuple, list[dict]]] = {}
        self._decimals: dict[tuple, int] = {}
        self._told = set(data.conflicts.select("table", "key", "column", "other").iter_rows())

    def note_decimals(self, index: str, dimension: str, year: int, score: float | None) -> None:
        """Remember with how many decimals the source prints a series: two sources agree to what both
        print.
        """
        if score is not None:
            key = (index, dimension, year)
            self._decimals[key] = max(self._decimals.get(key, 0), _decimals_of(score))

    def _different(self, table: str, row: dict, other: dict) -> list[str]:
        """Return the columns that contradict each other; a figure that is missing contradicts nothing, and
        scores may differ by rounding.
        """
        both = [c for c in _figures(table) if row.get(c) is not None and other.get(c) is not None]
        return [
            c for c in both if not (self._is_rounding(row, other) if c == "score" else row[c] == other[c])
        ]

    def _is_rounding(self, row: dict, other: dict) -> bool:
        """Whether two scores are one figure: printed with fewer decimals, or added up from rounded parts."""
        here = max(self._decimals.get(tuple(row[k] for k in _RANKING), 0), _decimals_of(row["score"]))
        there = max(_decimals_of(other["score"]), min(here, 2))
        is_printed = row.get("status") == other.get("status") == "reported"
        parts = 0.5 if is_printed else 5.0  # half a unit, or the sum of ten rounded parts
        return abs(row["score"] - other["score"]) <= parts * 10.0 ** -min(here, there) + 1e-9

    def place(self, table: str, row: dict) -> None:
        """Take a row up where it is new."""
        key = tuple(row[k] for k in KEYS[table])
        others = self._rows(table).setdefault(key, [])
        same_source = [o for o in others if o["source_id"] == self._source["source_id"]]
        same = next(
            (
                o
                for o in (same_source if table in _BY_SOURCE else others)
                if not self._different(table, row, o)
            ),
            None,
        )
        differing = [(column, other) for other in others for column in self._different(table, row, other)]
        if same is not None and all(same[c] is not None for c in _figures(table) if row.get(c) is not None):
            self.known += 1
        elif same is not None:
            self._complete(table, others, same, row)
        elif differing and (
            not table.endswith("targets") or same_source
        ):  # two sources may promise different things
            self._contradict(table, key, row, *differing[0])
        else:
            self._add(table, others, row)

    def write(self, *, data_date: date | None = None) -> list[Finding]:
        """Put the rows into the folder that the dataset was loaded from, all of them or none; return the new
        warnings of the gate.

        Parameters
        ----------
        data_date
            The last day that the figures speak of from now on (``release.csv``); without it, that day stays.

        Raises
        ------
        DataError, ParameterError
            When the dataset would break its schemas or a rule of the gate, or the folder cannot be written.
            Nothing has changed then.
        """
        if not self.rows:
            return []
        texts = appended(self._data, self.rows)
        if data_date is not None:
            texts["release.csv"] = f"data_date\n{data_date}\n"
        return change(self._data, texts)

    def _rows(self, table: str) -> dict[tuple, list[dict]]:
        """Return the rows of a table by key, those that are to be written included."""
        if table not in self._on_record:
            found = self._on_record[table] = {}
            for row in getattr(self._data, table).iter_rows(named=True):
                found.setdefault(tuple(row[k] for k in KEYS[table]), []).append(row)
        return self._on_record[table]

    def _complete(self, table: str, others: list[dict], same: dict, row: dict) -> None:
        """Replace a row that lacks its score or its rank; where the new source does not print the other one,
        a note says whose it is.
        """
        others.remove(same)
        self.rows[table] = [
            r for r in self.rows.get(table, []) if r is not same
        ]  # it may be of this source too
        whole = {**same, **{c: v for c, v in row.items() if v is not None}}
        kept = [c for c in _figures(table) if row.get(c) is None and same[c] is not None]
        if kept and same["source_id"] != self._source["source_id"]:
            said = f"{' and '.join(kept)} from {same['source_id']}"
            whole["note"] = "; ".join(filter(None, [same.get("note"), said]))
        self._add(table, others, whole)

    def _contradict(self, table: str, key: tuple, row: dict, column: str, other: dict) -> None:
        name, kept, new = "/".join(map(str, key)), f"{other[column]:g}", f"{row[column]:g}"
        if (table, name, column, new) in self._told:
            self.known += 1
            return
        self._told.add((table, name, column, new))
        entry = {"table": table, "key": name, "column": column, "chosen": kept, "other": new, **_WHY}
        self._add("conflicts", [], entry)
        self.conflicts.append(
            f"{table} {name}, {column}: {new} ({self._source['source_id']}) against {kept} on record"
        )

    def _add(self, table: str, others: list[dict], row: dict) -> None:
        if "sources" not in self.rows and self._source["source_id"] not in set(
            self._data.sources["source_id"]
        ):
            self.rows["sources"] = [self._source]
        row = {**row, "source_id": self._source["source_id"]}
        others.append(row)
        self.rows.setdefault(table, []).append(row)


def _figures(table: str) -> tuple[str, ...]:
    return ("score", "rank") if table.endswith("scores") else ("value",)


def _decimals_of(value: float) -> int:
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])
