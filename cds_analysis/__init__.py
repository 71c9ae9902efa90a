"""Analysis of Vietnam's provincial digital transformation: comparison, target gaps and ranking trends.

The public names below are loaded when first used, so that ``import cds_analysis`` stays light (no seaborn,
statsmodels or Jupyter).

Examples
--------
>>> import cds_analysis as cds
>>> cds.find_province("TP.HCM")
'ho-chi-minh'
>>> cds.load().provinces.height
63
"""

from importlib import import_module

__version__ = "0.2.0"

_HOME = {
    "open": "study.study",
    "Study": "study.study",
    "Result": "study.result",
    "load": "dataset.load",
    "Dataset": "dataset.load",
    "find_province": "dataset.provinces",
    "compare": "measures.compare",
    "structural_peers": "measures.compare",
    "gaps": "measures.gaps",
    "ranks": "measures.ranks",
    "places_gained": "measures.ranks",
    "trends": "measures.trends",
    "trends_beside_country": "measures.own_trends",
    "convergence": "measures.convergence",
    "ceiling_gaps": "measures.trends",
    "standing": "measures.standing",
    "p_rise": "measures.standing",
    "judge_changes": "measures.changes",
    "achieved_paces": "measures.forecast",
    "chance_on_time": "measures.forecast",
    "rule_verdicts": "measures.rules",
    "cut_offs": "measures.thresholds",
    "next_steps": "measures.thresholds",
    "mobility": "measures.mobility",
    "rank_agreement": "measures.mobility",
    "rank_intervals": "measures.rank_method",
    "rank_confidence_sets": "measures.rank_sampling",
    "view_differences": "measures.evidence",
    "view_correlations": "measures.evidence",
    "region_split": "measures.regional",
    "rank_cohesion": "measures.regional",
    "check_claims": "measures.claims",
    "check_ratios": "measures.claims",
    "bridge_scores": "measures.bridge",
    "in_units": "measures.units",
    "CdsError": "errors",
    "DataError": "errors",
    "ParameterError": "errors",
    "UnknownNameError": "errors",
}

__all__ = [*_HOME, "__version__"]


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = import_module(f"{__name__}.{_HOME[name]}")
    return getattr(home, "open_study" if name == "open" else name)


def __dir__() -> list[str]:
    return sorted(__all__)
