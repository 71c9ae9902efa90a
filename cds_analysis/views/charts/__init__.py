"""Charts: a measure's frame in, a :class:`~cds_analysis.views.theme.Chart` out, with title, unit, n, source line and alt text."""

from cds_analysis.views.charts.comparison import distribution, dot_plot, heatmap, tile_map
from cds_analysis.views.charts.ranking import bump, rank_heatmap, trajectory
from cds_analysis.views.charts.relations import two_views, unit_parts
from cds_analysis.views.charts.targets import dumbbell, status_matrix
from cds_analysis.views.charts.uncertainty import false_alarms, forecast_fans, rank_ranges

__all__ = [
    "bump",
    "distribution",
    "dot_plot",
    "dumbbell",
    "false_alarms",
    "forecast_fans",
    "heatmap",
    "rank_heatmap",
    "rank_ranges",
    "status_matrix",
    "tile_map",
    "trajectory",
    "two_views",
    "unit_parts",
]
