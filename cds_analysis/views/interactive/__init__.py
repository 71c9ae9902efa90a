"""Charts that answer the pointer: one layer for JupyterLab, for the explorer and for the pages of reports.

Each function takes a frame of a measure and gives a :class:`~cds_analysis.views.interactive.base.Live`: an
Altair specification with its rows. Pointing shows province, value, rank, year and source; a click picks a
province or drops it, in all charts of a page. No kernel and no network is needed.
"""

from cds_analysis.views.interactive.base import Live
from cds_analysis.views.interactive.fan import standing_fan
from cds_analysis.views.interactive.goals import figures_and_targets
from cds_analysis.views.interactive.lines import ranks_by_year, scores_by_year
from cds_analysis.views.interactive.pair import scatter
from cds_analysis.views.interactive.rows import by_dimension, by_region
from cds_analysis.views.interactive.tiles import tile_map

__all__ = [
    "Live",
    "by_dimension",
    "by_region",
    "figures_and_targets",
    "ranks_by_year",
    "scatter",
    "scores_by_year",
    "standing_fan",
    "tile_map",
]
