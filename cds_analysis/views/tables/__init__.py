"""Tables for reports; each carries its source note and its numbers."""

from cds_analysis.views.tables.base import Table, plain_table
from cds_analysis.views.tables.records import (
    breaks_table,
    claims_table,
    conflicts_table,
    coverage_table,
    missing_table,
    observations_table,
    shifts_table,
    sources_table,
)
from cds_analysis.views.tables.results import comparison_table, gaps_table, movers_table, ranks_table, trends_table

__all__ = [
    "Table",
    "breaks_table",
    "claims_table",
    "comparison_table",
    "conflicts_table",
    "coverage_table",
    "gaps_table",
    "missing_table",
    "movers_table",
    "observations_table",
    "plain_table",
    "ranks_table",
    "shifts_table",
    "sources_table",
    "trends_table",
]
