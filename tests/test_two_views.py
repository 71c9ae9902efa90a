import numpy as np
import polars as pl
import pytest
from scipy import stats

import cds_analysis as cds
from cds_analysis.measures.evidence import percentiles, view_correlations, view_differences, view_stability

REGISTER = cds.load().indices


def ranked(rows):
    return pl.DataFrame(
        rows, schema=["index_id", "year", "province_id", "rank", "n_ranked"], orient="row"
    ).with_columns(dimension_id=pl.lit("overall"), source_id=pl.lit("s"))


@pytest.fixture(scope="module")
def differences(data):
    return view_differences(cds.ranks(data.scores, data.breaks, data.indices), data.indices)


def test_percentiles_run_from_first_to_last():
    found = percentiles(ranked([("dti", 2024, p, r, 3) for p, r in (("a", 1), ("b", 2), ("c", 3))]))
    assert found.select("percentile", "is_full").rows() == [(100.0, True), (50.0, True), (0.0, True)]


def test_a_printed_rank_among_63_counts_but_marks_a_sample():
    found = view_differences(
        ranked(
            [
                ("par", 2024, "a", 32, 63),
                *(("papi", 2024, p, r, 3) for p, r in (("a", 1), ("b", 2), ("c", 3))),
            ]
        ),
        REGISTER,
    )
    assert found.select("difference", "is_sample").rows() == [(-50.0, True)]


def test_swapping_the_views_turns_the_sign():
    rows = [
        ("dti", 2024, "a", 1, 4),
        ("dti", 2024, "b", 3, 4),
        ("papi", 2024, "a", 2, 4),
        ("papi", 2024, "b", 4, 4),
    ]
    swapped = [({"dti": "papi", "papi": "dti"}[i], *rest) for i, *rest in rows]
    assert (
        view_differences(ranked(rows), REGISTER)["difference"]
        + view_differences(ranked(swapped), REGISTER)["difference"]
    ).to_list() == [0.0, 0.0]


def test_correlations_agree_with_scipy(differences):
    found = view_correlations(differences, draws=200).filter(
        pl.col("documents") == "dti", pl.col("citizens") == "papi", pl.col("year") == 2023
    )
    rows = differences.filter(
        pl.col("documents") == "dti", pl.col("citizens") == "papi", pl.col("year") == 2023
    )
    expected = stats.spearmanr(rows["percentile_documents"], rows["percentile_citizens"]).statistic
    row = found.row(0, named=True)
    assert row["spearman"] == pytest.approx(expected)
    assert row["low"] < expected < row["high"] and not row["is_sample"]


def test_the_bootstrap_interval_is_about_as_wide_as_fisher_says(differences):
    row = (
        view_correlations(differences, draws=1000)
        .filter(pl.col("documents") == "dti", pl.col("citizens") == "papi", pl.col("year") == 2024)
        .row(0, named=True)
    )
    width = np.tanh(np.arctanh(row["spearman"]) + 1.96 / np.sqrt(row["n"] - 3)) - np.tanh(
        np.arctanh(row["spearman"]) - 1.96 / np.sqrt(row["n"] - 3)
    )
    assert row["high"] - row["low"] == pytest.approx(width, rel=0.25)


def test_a_province_not_published_takes_no_part(differences):
    assert (
        differences.filter(
            pl.col("citizens") == "papi",
            pl.col("year") == 2024,
            pl.col("province_id").is_in(["vinh-phuc", "tien-giang"]),
        ).height
        == 0
    )


def test_stability_needs_three_years_of_one_sign():
    base = pl.DataFrame(
        {
            "documents": "dti",
            "citizens": "papi",
            "year": [2022, 2023, 2024] * 3 + [2023, 2024],
            "province_id": ["a"] * 3 + ["b"] * 3 + ["c"] * 3 + ["d"] * 2,
            "difference": [1.0, 2, 3, -1, -2, -3, 1, -1, 0, 5, 5],
        }
    ).with_columns(source_ids=pl.lit(["s"]))
    assert dict(view_stability(base).select("province_id", "reading").rows()) == {
        "a": "documents_higher",
        "b": "citizens_higher",
        "c": "mixed",
        "d": "too_short",
    }


def test_impossible_intervals_are_refused(differences):
    with pytest.raises(cds.ParameterError):
        view_correlations(differences, level=1.0)
