import numpy as np
import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.measures.decomposition import decompose

REGISTER = pl.DataFrame(
    {
        "index_id": "x",
        "dimension_id": ["overall", "a", "b"],
        "parent_id": [None, "overall", "overall"],
        "aggregation": ["sum", "none", "none"],
    }
)
NO_BREAKS = pl.DataFrame(schema={"index_id": pl.String, "dimension_id": pl.String, "year": pl.Int64})


def table(**parts):
    rows = [
        (d, y, p, v)
        for d, of in parts.items()
        for p, values in of.items()
        for y, v in zip((2020, 2021), values)
    ]
    frame = pl.DataFrame(rows, schema=["dimension_id", "year", "province_id", "score"], orient="row")
    whole = (
        frame.group_by("year", "province_id")
        .agg(pl.col("score").sum())
        .with_columns(dimension_id=pl.lit("overall"))
    )
    return pl.concat([frame, whole.select(frame.columns)]).with_columns(index_id=pl.lit("x"))


TABLE = table(a={"p": (1.0, 3.0), "q": (2.0, 2.0)}, b={"p": (5.0, 4.0), "q": (5.0, 8.0)})


def split(scores=TABLE, breaks=NO_BREAKS, **options):
    return decompose(
        scores, breaks, REGISTER, **{"index_id": "x", "year_from": 2020, "year_to": 2021, **options}
    )


def test_the_parts_add_up_by_hand():
    rows = {(r["province_id"], r["dimension_id"]): r for r in split().iter_rows(named=True)}
    assert rows["p", "a"]["change"] == 2.0 and rows["p", "b"]["change"] == -1.0
    assert (rows["p", "a"]["whole_change"], rows["q", "a"]["whole_change"]) == (1.0, 3.0)
    # the country gained 1 in a and 1 in b
    assert (rows["p", "a"]["change_own"], rows["p", "b"]["change_own"]) == (1.0, -2.0)
    assert (rows["p", "a"]["whole_own"], rows["q", "b"]["whole_own"]) == (-1.0, 1.0)
    assert split()["dimension_id"].to_list()[0] == "b"  # largest own change of p first


def test_a_province_without_a_part_is_missing_and_what_does_not_add_up_is_refused():
    less = TABLE.filter(
        ~((pl.col("province_id") == "q") & (pl.col("dimension_id") == "b") & (pl.col("year") == 2021))
    )
    assert set(split(less)["province_id"]) == {"p"}
    off = TABLE.with_columns(
        score=pl.when(pl.col("dimension_id") == "a").then(pl.col("score") * 2).otherwise("score")
    )
    with pytest.raises(cds.ParameterError, match="add up"):
        split(off)


@pytest.mark.parametrize("dimension", ["overall", "b"])
def test_a_changed_definition_of_the_whole_or_of_a_part_is_refused(dimension):
    cut = pl.DataFrame({"index_id": "x", "dimension_id": dimension, "year": [2021]})
    with pytest.raises(cds.ParameterError, match="definition"):
        split(breaks=cut)


def test_years_without_scores_and_indices_that_are_no_sums_are_refused(data):
    with pytest.raises(cds.ParameterError, match="no scores of both"):
        split(year_from=2019)
    with pytest.raises(cds.ParameterError, match="not the sum"):
        decompose(data.scores, data.breaks, data.indices, index_id="dti", year_from=2022, year_to=2023)


def test_on_the_bundled_data_parts_add_up_for_every_province_and_carry_their_certainty():
    study = cds.open(lang="en")
    rows = study.carried("papi", year_from=2023, year_to=2024).frame
    sums = rows.group_by("province_id").agg(
        pl.col("change", "change_own").sum(), pl.col("whole_change", "whole_own").first()
    )
    np.testing.assert_allclose(sums["change"], sums["whole_change"], atol=5e-3)
    np.testing.assert_allclose(sums["change_own"], sums["whole_own"], atol=5e-3)
    one = study.changes("papi.d4").frame
    mine = rows.filter(pl.col("dimension_id") == one["dimension_id"][0]).join(
        one, on="province_id", suffix="_other"
    )
    assert mine["p_rise"].equals(mine["p_rise_other"]) and mine["verdict"].equals(mine["verdict_other"])
