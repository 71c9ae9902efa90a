"""Back-test standings on the bundled data, refitted on the past only: ``python
tests/benchmarks/standing.py``.

Prints the time of one fit of everything on one core, errors and coverage by series and horizon, the scores of
the probability that the next figure is higher, and how much of the flagged moves was undone.
"""

import os

for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import time

import polars as pl

import cds_analysis as cds
from cds_analysis.measures.backtest import backtest_standing, prediction_errors, undone_moves
from cds_analysis.measures.changes import judge_changes
from cds_analysis.measures.standing import standardised, standing

SHOWN = ["n", "mae_standing", "mae_last", "mae_mean", "mae_theil_sen", "less_error_pct"]
SHOWN += ["held_80", "held_95", "brier", "log_score"]


def changes_of_the_past(data) -> pl.DataFrame:
    """Judge every last pair of years from the figures up to it only, and add the figures of the year
    after.
    """
    known = standardised(data.scores).drop_nulls("z")
    figures = known.select("index_id", "dimension_id", "province_id", "year", "z")
    parts = []
    for _, rows in sorted(known.group_by("index_id", "dimension_id")):
        years = sorted(rows["year"].unique())
        for last in years[4:-1]:
            past = rows.filter(pl.col("year") <= last).drop("z")
            found = standing(past, data.breaks.filter(pl.col("year") <= last), draws=0, years_ahead=0)
            parts.append(judge_changes(found).filter(pl.col("reason").is_null()))
    judged = pl.concat(parts)
    key = ["index_id", "dimension_id", "province_id"]
    for name, year in (("z_from", "year_from"), ("z_to", "year_to"), ("z_next", "next")):
        judged = judged.with_columns(next=pl.col("year_to") + 1).join(
            figures.rename({"year": year, "z": name}), on=[*key, year], how="left"
        )
    cut = data.breaks.filter(pl.col("effect").fill_null("order") == "order")
    return judged.drop_nulls("z_next").join(
        cut.select("index_id", "dimension_id", next="year"),
        on=["index_id", "dimension_id", "next"],
        how="anti",
    )


def main() -> None:
    data = cds.load()
    scores = data.scores
    start = time.process_time()
    found = standing(scores, data.breaks)
    fitted = found.parameters.filter(pl.col("status") == "fitted").height
    print(
        f"{fitted} of {found.parameters.height} series fitted in {time.process_time() - start:.1f} s of CPU"
    )
    tested = backtest_standing(scores, data.breaks)
    steady = tested.forecasts.filter(~pl.col("has_order_break"))
    with pl.Config(
        tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200, float_precision=3, tbl_hide_dataframe_shape=True
    ):
        for title, rows, by in (
            ("all", tested.forecasts, ["years_ahead"]),
            ("no break of order in between", steady, ["years_ahead"]),
            (
                "by series, one year ahead, all years",
                tested.forecasts.filter(pl.col("years_ahead") == 1),
                ["index_id", "dimension_id"],
            ),
        ):
            print(title, prediction_errors(rows, by=by).select(*by, *SHOWN), sep="\n")
        print("rmse", prediction_errors(tested.forecasts).select("years_ahead", "^rmse_.*$"), sep="\n")
        deciles = tested.forecasts.filter(pl.col("years_ahead") == 1).with_columns(
            said=(pl.col("p_up") * 10).floor().clip(0, 9) / 10
        )
        print(
            "reliability of p_up",
            deciles.group_by("said").agg(pl.len(), pl.col("p_up", "is_up").mean()).sort("said"),
            sep="\n",
        )
        way = pl.col("test_z").sign()
        print(
            "changes of past years by verdict, and what the year after took back of the move",
            changes_of_the_past(data)
            .group_by("verdict")
            .agg(
                n=pl.len(),
                undone=1
                - (way * (pl.col("z_next") - pl.col("z_from"))).sum()
                / (way * (pl.col("z_to") - pl.col("z_from"))).sum(),
                beyond_the_start=(way * (pl.col("z_next") - pl.col("z_from")) < 0).mean(),
            )
            .sort("verdict"),
            sep="\n",
        )
        calm = tested.moves.filter(~pl.col("has_order_break"))
        print("moves, all", undone_moves(tested.moves), "no break of order", undone_moves(calm), sep="\n")


if __name__ == "__main__":
    main()
