import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.measures.thresholds import cut_offs, gain_cases, next_steps

REGISTER = cds.load().indices


@pytest.fixture(scope="module")
def overall(data):
    return cds.ranks(data.scores, data.breaks, data.indices).filter(pl.col("dimension_id") == "overall")


def test_cut_offs_of_papi_are_where_its_groups_begin(overall):
    lines = cut_offs(overall, REGISTER).filter(pl.col("index_id") == "papi", pl.col("year") == 2024)
    ranked = overall.filter(pl.col("index_id") == "papi", pl.col("year") == 2024)
    for step, cut in (
        lines.filter(~pl.col("step").str.starts_with("rank")).select("step", "cut_off").iter_rows()
    ):
        inside = ranked.filter(pl.col("group") == step)["score"]
        assert inside.min() >= cut
        assert ranked.filter(pl.col("score") < inside.min())["score"].max() < cut


def test_the_cut_off_of_a_rank_is_the_score_of_the_province_that_holds_it(overall):
    lines = cut_offs(overall, REGISTER, rank_targets=(1, 10)).filter(
        pl.col("index_id") == "dti", pl.col("year") == 2023
    )
    held = overall.filter(pl.col("index_id") == "dti", pl.col("year") == 2023)
    for k in (1, 10):
        assert (
            lines.filter(pl.col("step") == f"rank_{k}")["cut_off"].item()
            == held.filter(pl.col("rank") == k)["score"].item()
        )


def test_a_line_has_no_move_across_a_break(overall):
    lines = (
        cut_offs(overall, REGISTER)
        .filter(pl.col("index_id") == "dti", pl.col("step") == "rank_10")
        .sort("year")
    )
    assert (
        lines.select("year", "moved").filter(pl.col("year") != 2023)["moved"].null_count() == lines.height - 1
    )


def test_points_missing_are_positive_and_lead_to_the_line(overall):
    steps = next_steps(overall, cut_offs(overall, REGISTER))
    assert steps["points_missing"].min() > 0
    assert (steps["score"] + steps["points_missing"] - steps["cut_off"]).abs().max() < 1e-9
    best = overall.filter(pl.col("index_id") == "papi", pl.col("year") == 2024, pl.col("rank") == 1)[
        "province_id"
    ].item()
    assert steps.filter(pl.col("index_id") == "papi", pl.col("province_id") == best).height == 0


def test_only_the_nearest_group_is_a_step(overall):
    steps = next_steps(overall, cut_offs(overall, REGISTER)).filter(~pl.col("step").str.starts_with("rank"))
    assert steps.group_by("province_id", "index_id").len()["len"].max() == 1


def test_a_sample_has_no_rank_line(overall):
    assert cut_offs(overall, REGISTER).filter(pl.col("index_id") == "sipas").height == 0
    assert set(cut_offs(overall, REGISTER).filter(pl.col("index_id") == "par")["step"]) == {"A", "B"}


def test_cases_ask_for_the_points_within_a_year(overall):
    steps = next_steps(overall, cut_offs(overall, REGISTER)).filter(
        pl.col("province_id") == "da-nang", pl.col("index_id") == "papi"
    )
    cases = gain_cases(steps, overall)
    assert (
        cases.select(
            pl.col("required_per_year") == pl.col("points_missing"),
            pl.col("years_left") == 1,
            pl.col("tolerance") > 0,
        )
        .to_numpy()
        .all()
    )


@pytest.mark.parametrize("wanted", [(0,), (1.5,)])
def test_an_impossible_rank_is_refused(overall, wanted):
    with pytest.raises(cds.ParameterError, match="rank_targets"):
        cut_offs(overall, REGISTER, rank_targets=wanted)
