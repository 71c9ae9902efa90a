"""Run every rule on a dataset, take out what was accepted with a reason, and refuse what is wrong."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import lru_cache

import polars as pl

from cds_analysis.dataset.checks import (
    context,
    figures,
    paths,
    provenance,
    rankings,
    records,
    registers,
    sums,
    targets,
)
from cds_analysis.dataset.checks.finding import ERROR, RULES, WARNING, Finding, named
from cds_analysis.dataset.load import Dataset, broken_rows, eager
from cds_analysis.dataset.schemas import NATION
from cds_analysis.errors import DataError, Problem

__all__ = ["concerning", "findings", "gate", "warning_titles"]

# Importing them puts their rules into RULES; a rule belongs to one of them.
MODULES = (registers, records, provenance, figures, targets, context, rankings, sums, paths)
STALE = "acceptance-stale"
_STALE_TITLE = "Acceptance that accepts nothing"


@lru_cache(maxsize=8)
def findings(data: Dataset) -> tuple[Finding, ...]:
    """Return everything that the rules find, errors first; what ``accepted.csv`` accepts carries its reason.

    A table kept as Parquet is read for it. The result is kept as long as the dataset is, which
    :func:`~cds_analysis.load` gives anew for each state of a folder.

    Examples
    --------
    >>> from cds_analysis import load
    >>> [f for f in findings(load()) if not f.is_accepted]
    []
    """
    lazy = [f.name for f in fields(data) if isinstance(getattr(data, f.name), pl.LazyFrame)]
    if lazy:
        data = replace(data, **{name: eager(getattr(data, name)) for name in lazy})
    broken = [p for name in lazy for p in broken_rows(data, name)]
    if broken:
        raise DataError(data.folder, broken)
    every = [
        finding
        for rule in RULES.values()
        for table in rule.tables
        for finding in named(rule.apply(data, table), rule, table, data)
    ]
    judged = _with_reasons(every, data)
    order = {name: number for number, name in enumerate(RULES)}
    return tuple(
        sorted(
            judged, key=lambda f: (f.level != ERROR, order.get(f.rule, -1), f.table, f.file, f.row, f.column)
        )
    )


def _with_reasons(every: list[Finding], data: Dataset) -> list[Finding]:
    reasons = {
        (r["rule"], r["table"], r["key"], r["value"] or ""): (number, r)
        for number, r in enumerate(data.accepted.iter_rows(named=True))
    }
    judged, used = [], set()
    for finding in every:
        number, reason = reasons.get((finding.rule, finding.table, finding.key, finding.value), (None, None))
        if reason is not None and finding.level == WARNING:
            used.add(number)
            finding = replace(finding, reason_vi=reason["reason_vi"], reason_en=reason["reason_en"])
        judged.append(finding)
    for number, row in enumerate(data.accepted.iter_rows(named=True)):
        if number not in used:
            file, line = data.place("accepted", number)
            known = row["rule"] in RULES and RULES[row["rule"]].level == WARNING
            expected = (
                "a finding to accept; this one is gone, remove the row" if known else "the name of a warning"
            )
            key = "/".join(str(row[k] or "") for k in ("rule", "table", "key", "value"))
            judged.append(Finding(STALE, WARNING, "accepted", key, file, line, "rule", row["rule"], expected))
    return judged


def gate(data: Dataset) -> list[Finding]:
    """Return the warnings that nobody has accepted.

    Raises
    ------
    DataError
        When a rule finds an error, with all of them.

    Examples
    --------
    >>> from cds_analysis import load
    >>> gate(load())
    []
    """
    every = findings(data)
    errors = [f for f in every if f.level == ERROR]
    if errors:
        raise DataError(
            data.folder,
            [Problem(f.file, f.row, f.column, f"{f.expected} [{f.rule}]", f.value) for f in errors],
        )
    return [f for f in every if not f.is_accepted]


def concerning(warnings: list[Finding], reads: dict[str, str], provinces: list[str]) -> list[Finding]:
    """Return the warnings about the rows that a report shows.

    Parameters
    ----------
    warnings
        From :func:`gate`.
    reads
        How much of a table the report reads; see :class:`~cds_analysis.dataset.subset.Subsets`.
    provinces
        Ids of the provinces that the report is about; of none in particular, every warning counts.
    """
    read = [f for f in warnings if reads.get(f.table, "all") != "none"]
    return [f for f in read if not provinces or f.province_id in (*provinces, NATION)]


def warning_titles() -> dict[str, str]:
    """Return the English title of each warning, by rule."""
    return {**{r.name: r.title for r in RULES.values() if r.level == WARNING}, STALE: _STALE_TITLE}
