"""Time the measures on the whole of PAPI beside a plain loop over provinces: ``python
tests/benchmarks/measures.py``.

63 provinces, 8 dimensions, 14 years: trends; method intervals with 1,000 draws a year; confidence sets with
1,000 draws a dimension and year. Both sides run on one thread, in one process, one after the other, on the
same figures and seeds, and must agree. The plain loop uses scipy and numpy the way one would in a notebook.
"""

import os

for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import time

import numpy as np
import polars as pl
from scipy import stats
from statsmodels.stats.multitest import multipletests

import cds_analysis as cds
from cds_analysis.dataset.series import with_segments
from cds_analysis.measures.rank_sampling import survey_standard_errors

DRAWS, SEED = 1000, 2025


def loop_trends(scores, breaks):
    cut, found = with_segments(scores, breaks), {}
    for dimension in cut["dimension_id"].unique():
        for segment in cut.filter(pl.col("dimension_id") == dimension)["segment"].unique():
            table, tested = (
                cut.filter((pl.col("dimension_id") == dimension) & (pl.col("segment") == segment)),
                {},
            )
            for province in table["province_id"].unique():
                own = table.filter(pl.col("province_id") == province).sort("year")
                if own.height >= 5:
                    tested[province] = stats.kendalltau(
                        own["year"],
                        own["score"],
                        method="exact" if own["score"].n_unique() == own.height else "auto",
                    ).pvalue
                    stats.theilslopes(own["score"], own["year"])
            if tested:
                for province, q in zip(tested, multipletests(list(tested.values()), method="fdr_bh")[1]):
                    found[dimension, segment, province] = q
    return found


def loop_intervals(scores):
    found = {}
    for year in sorted(scores["year"].unique()):
        wide = (
            scores.filter(pl.col("year") == year)
            .sort("province_id")
            .pivot("dimension_id", index="province_id", values="score", sort_columns=True)
            .drop_nulls()
        )
        x, names, random = (
            wide.drop("province_id").to_numpy(),
            wide["province_id"].to_list(),
            np.random.default_rng(SEED),
        )
        weights, recipe = (
            1 + random.uniform(-0.25, 0.25, size=(DRAWS, x.shape[1])),
            random.integers(0, 6, size=DRAWS),
        )
        ranks = {name: [] for name in names}
        for w, kind in zip(weights, recipe):
            w = w / w.sum()
            values = [
                x / x.mean(),
                0.01 + 0.99 * (x - x.min(0)) / np.ptp(x, axis=0),
                np.maximum(1 + 0.1 * (x - x.mean(0)) / x.std(0), 0.01),
            ][kind % 3]
            total = np.round((w * values).sum(1) if kind < 3 else (w * np.log(values)).sum(1), 12)
            for name, own in zip(names, total):
                ranks[name].append(1 + int((total > own).sum()))
        for name in names:
            found[year, name] = tuple(
                np.quantile(ranks[name], [0.05, 0.95], method="inverted_cdf").astype(int)
            )
    return found


def loop_sets(scores):
    found = {}
    for dimension in sorted(scores["dimension_id"].unique()):
        for year in sorted(scores["year"].unique()):
            table = scores.filter((pl.col("dimension_id") == dimension) & (pl.col("year") == year)).sort(
                "province_id"
            )
            x, se, names = (
                table["score"].to_numpy(),
                table["standard_error"].to_numpy(),
                table["province_id"].to_list(),
            )
            z = (
                np.random.default_rng(SEED).standard_normal((len(x), DRAWS), dtype=np.float32)
                * se.astype(np.float32)[:, None]
            )
            for j, name in enumerate(names):
                rejected = set()
                while True:
                    largest = np.zeros(DRAWS, dtype=np.float32)
                    for k in range(len(x)):
                        if k != j:
                            noise = (z[k] - z[j]) / np.float32(np.hypot(se[k], se[j]))
                            for sign in (1, -1):
                                if (k, sign) not in rejected:
                                    largest = np.maximum(largest, sign * noise)
                    critical = np.quantile(largest, 0.95, method="inverted_cdf")
                    now = {
                        (k, s)
                        for k in range(len(x))
                        if k != j
                        for s in (1, -1)
                        if s * (x[k] - x[j]) / np.hypot(se[k], se[j]) > critical
                    } - rejected
                    if not now:
                        break
                    rejected |= now
                found[dimension, year, name] = (
                    1 + sum(s == 1 for _, s in rejected),
                    len(x) - sum(s == -1 for _, s in rejected),
                )
    return found


def timed(work, *arguments):
    start = time.perf_counter()
    result = work(*arguments)
    return time.perf_counter() - start, result


def main():
    data = cds.load()
    parts = data.indices.filter((pl.col("index_id") == "papi") & (pl.col("parent_id") == "overall"))[
        "dimension_id"
    ]
    scores = data.scores.filter(
        (pl.col("index_id") == "papi") & pl.col("dimension_id").is_in(parts.to_list())
    )
    sampled = survey_standard_errors(scores, data.indices)
    cds.trends(scores.head(10), data.breaks)  # imports are not part of the measurement

    rows = []
    ours, trend = timed(cds.trends, scores, data.breaks)
    plain, expected = timed(loop_trends, scores, data.breaks)
    got = {
        (r["dimension_id"], r["segment"], r["province_id"]): r["p_adjusted"]
        for r in trend.drop_nulls("p_adjusted").iter_rows(named=True)
    }
    assert got.keys() == expected.keys() and all(abs(got[k] - expected[k]) < 1e-9 for k in got)
    rows.append(("trends", ours, plain))

    ours, intervals = timed(cds.rank_intervals, scores)
    plain, expected = timed(loop_intervals, scores)
    got = {
        (r["year"], r["province_id"]): (r["rank_low"], r["rank_high"])
        for r in intervals.iter_rows(named=True)
    }
    assert got == expected
    rows.append(("rank_intervals, 1,000 draws", ours, plain))

    ours, sets = timed(cds.rank_confidence_sets, sampled)
    plain, expected = timed(loop_sets, sampled)
    got = {
        (r["dimension_id"], r["year"], r["province_id"]): (r["rank_low"], r["rank_high"])
        for r in sets.iter_rows(named=True)
    }
    # Both use single precision in another order, so a set on the very edge of its critical value may differ
    # by a place.
    assert sum(got[k] != expected[k] for k in expected) <= 0.001 * len(expected)
    rows.append(("rank_confidence_sets, 1,000 draws", ours, plain))
    rows.append(("all", sum(r[1] for r in rows), sum(r[2] for r in rows)))

    print(
        f"{scores['province_id'].n_unique()} provinces, {scores['dimension_id'].n_unique()} dimensions,"
        f" {scores['year'].n_unique()} years; one thread; results agree\n"
    )
    print("| measure | this package, s | plain loop, s | times faster |\n|---|---|---|---|")
    for name, ours, plain in rows:
        print(f"| {name} | {ours:.2f} | {plain:.2f} | {plain / ours:.1f} |")


if __name__ == "__main__":
    main()
