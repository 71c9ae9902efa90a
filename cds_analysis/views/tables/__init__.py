"""Tables for reports; each carries its source note and its numbers."""

from cds_analysis.views.tables.base import Table, plain_table
from cds_analysis.views.tables.checks import (
    backtest_table,
    bridge_table,
    change_rates_table,
    checked_claims_table,
    parts_table,
    ratios_table,
    simulation_table,
)
from cds_analysis.views.tables.judgement import (
    carried_table,
    ceilings_table,
    changes_table,
    correlations_table,
    mobility_table,
    paces_table,
    regions_table,
    rules_table,
    steps_table,
    views_table,
)
from cds_analysis.views.tables.promised import indicator_years_table, pairs_table
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
from cds_analysis.views.tables.results import (
    comparison_table,
    gaps_table,
    movers_table,
    ranks_table,
    trends_table,
)

__all__ = [
    "Table",
    "backtest_table",
    "breaks_table",
    "bridge_table",
    "carried_table",
    "ceilings_table",
    "change_rates_table",
    "changes_table",
    "checked_claims_table",
    "claims_table",
    "comparison_table",
    "conflicts_table",
    "correlations_table",
    "coverage_table",
    "gaps_table",
    "indicator_years_table",
    "missing_table",
    "mobility_table",
    "movers_table",
    "observations_table",
    "paces_table",
    "pairs_table",
    "parts_table",
    "plain_table",
    "ranks_table",
    "ratios_table",
    "regions_table",
    "rules_table",
    "shifts_table",
    "simulation_table",
    "sources_table",
    "steps_table",
    "trends_table",
    "views_table",
]
