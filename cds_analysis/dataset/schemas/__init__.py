"""One schema for each table of ``data/``: the schema *is* the table's documentation.

Each column says its type, what it means (``description``), whether it may be empty and what an empty cell
means. Rules that span columns are methods marked ``@dy.rule()``; their docstring is the sentence a person
reads when a row breaks them. Links between tables are in :data:`FOREIGN_KEYS`. ``cds check --write`` turns
all of this into ``data/README.md`` and ``datapackage.json``.
"""

from __future__ import annotations

import dataframely as dy

from cds_analysis.dataset.schemas.columns import MOST_CHARACTERS, NATION, WHOLE, optional_columns
from cds_analysis.dataset.schemas.figures import (
    Accepted,
    AreaObservations,
    AreaTargets,
    Claims,
    Conflicts,
    NationalScores,
    Observations,
    Scores,
    Targets,
    UnitScores,
)
from cds_analysis.dataset.schemas.registers import (
    PILLARS,
    Breaks,
    Context,
    Indicators,
    Indices,
    Provinces,
    Regions,
    Release,
    Sources,
    Units2025,
)

__all__ = ["FOREIGN_KEYS", "MOST_CHARACTERS", "NATION", "PILLARS", "TABLES", "WHOLE", "optional_columns"]


TABLES: dict[str, type[dy.Schema]] = {
    "release": Release,
    "regions": Regions,
    "units_2025": Units2025,
    "provinces": Provinces,
    "sources": Sources,
    "context": Context,
    "indicators": Indicators,
    "indices": Indices,
    "breaks": Breaks,
    "observations": Observations,
    "targets": Targets,
    "area_observations": AreaObservations,
    "area_targets": AreaTargets,
    "scores": Scores,
    "unit_scores": UnitScores,
    "national_scores": NationalScores,
    "claims": Claims,
    "conflicts": Conflicts,
    "accepted": Accepted,
}

# (table, columns) -> (table, columns); an empty cell is no link. A target's scope may also be the nation.
FOREIGN_KEYS: list[tuple[str, tuple[str, ...], str, tuple[str, ...]]] = [
    ("provinces", ("region_id",), "regions", ("region_id",)),
    ("provinces", ("unit_2025_id",), "units_2025", ("unit_id",)),
    ("context", ("province_id",), "provinces", ("province_id",)),
    ("observations", ("province_id",), "provinces", ("province_id",)),
    ("observations", ("indicator_id",), "indicators", ("indicator_id",)),
    ("targets", ("scope",), "provinces", ("province_id",)),
    ("targets", ("indicator_id",), "indicators", ("indicator_id",)),
    ("scores", ("province_id",), "provinces", ("province_id",)),
    ("area_observations", ("scope",), "units_2025", ("unit_id",)),
    ("area_observations", ("indicator_id",), "indicators", ("indicator_id",)),
    ("area_targets", ("scope",), "units_2025", ("unit_id",)),
    ("area_targets", ("indicator_id",), "indicators", ("indicator_id",)),
    ("unit_scores", ("unit_id",), "units_2025", ("unit_id",)),
    ("claims", ("province_id",), "provinces", ("province_id",)),
    *(
        (t, ("index_id", "dimension_id"), "indices", ("index_id", "dimension_id"))
        for t in ("scores", "unit_scores", "national_scores", "claims", "breaks", "indicators")
    ),
    *(
        (t, ("source_id",), "sources", ("source_id",))
        for t in (
            "context",
            "breaks",
            "observations",
            "targets",
            "area_observations",
            "area_targets",
            "scores",
            "unit_scores",
            "national_scores",
            "claims",
            "conflicts",
        )
    ),
]
