"""Charts: a measure's frame in, a :class:`~cds_analysis.views.theme.Chart` out, with title, unit, n, source
line and alt text.

Each is loaded when first used, so that a report imports only the libraries of the charts it draws.
"""

from importlib import import_module

_HOME = {
    "bump": "ranking",
    "distribution": "comparison",
    "dumbbell": "targets",
    "false_alarms": "uncertainty",
    "heatmap": "heat",
    "promise_strips": "reported",
    "rank_chances": "standing",
    "rank_heatmap": "ranking",
    "rank_ranges": "uncertainty",
    "reliability": "uncertainty",
    "standing_fan": "standing",
    "tile_map": "comparison",
    "trajectory": "ranking",
    "two_views": "relations",
    "unit_parts": "relations",
    "yardstick_strips": "reported",
}

__all__ = list(_HOME)


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
