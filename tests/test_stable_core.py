import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.measures.stable_core import core_parts, stable_core

REGISTER = pl.DataFrame(
    {
        "index_id": "x",
        "dimension_id": ["overall", "a", "a1", "a2", "b"],
        "parent_id": [None, "overall", "a", "a", "overall"],
        "position": [1, 2, 3, 4, 5],
    }
)
BREAKS = pl.DataFrame(
    {
        "index_id": "x",
        "dimension_id": ["a1", "b", "a2"],
        "year": [2018, 2019, 2020],
        "scope": ["definition", "definition", "order"],
    }
)


def scores(**of):
    rows = [
        ("x", d, 2018 + k, p, float(v))
        for d, s in of.items()
        for p, values in s.items()
        for k, v in enumerate(values)
    ]
    return pl.DataFrame(
        rows, schema=["index_id", "dimension_id", "year", "province_id", "score"], orient="row"
    )


TABLE = scores(
    a={"p": [1, 2, 3], "q": [1, 2, 3]},
    a1={"p": [1, 2, 3], "q": [5, 6, 7]},
    a2={"p": [10, 20, 30], "q": [50, 60]},
    b={"p": [1, 1, 1], "q": [1, 1, 1]},
)


def test_parts_are_of_the_last_level_unbroken_since_the_first_year_and_always_published():
    options = {"index_id": "x", "full_from": 1}
    assert core_parts(TABLE, BREAKS, REGISTER, first_year=2018, **options) == [
        "a1",
        "a2",
    ]  # a break of order is none
    assert core_parts(TABLE, BREAKS, REGISTER, first_year=2017, **options) == ["a2"]  # a1 changed since then
    assert core_parts(TABLE, BREAKS, REGISTER, first_year=2019, **options) == ["a1", "a2", "b"]
    with pytest.raises(cds.ParameterError, match="measured alike"):
        core_parts(TABLE, BREAKS, REGISTER, index_id="x", first_year=2018, full_from=3)


def test_a_province_without_all_parts_is_missing():
    found = stable_core(TABLE, BREAKS, REGISTER, index_id="x", first_year=2018, full_from=1)
    assert found.select("year", "province_id", "score").rows() == [
        (2018, "p", 11.0),
        (2018, "q", 55.0),
        (2019, "p", 22.0),
        (2019, "q", 66.0),
        (2020, "p", 33.0),
    ]


def test_the_core_on_record_is_what_the_parts_add_up_to(data):
    """The table is data like any other; it must not fall behind the scores and breaks that it was
    made from.
    """
    kept = data.scores.filter(pl.col("source_id") == "project-core")
    first = int(kept["year"].min())
    made = stable_core(data.scores, data.breaks, data.indices, index_id="papi", first_year=first)
    both = kept.join(made, on=["year", "province_id"], how="full", suffix="_made")
    assert both.null_count().select("score", "score_made").row(0) == (0, 0)
    assert (both["score"] - both["score_made"]).abs().max() < 1e-4
    assert set(kept["status"]) == {"computed"} and set(made["n_parts"]) == {18}
    name = data.indices.filter(pl.col("index_id") == kept["index_id"][0])
    assert "computed here" in name["name_en"].item() and "dự án tính" in name["short_vi"].item()
