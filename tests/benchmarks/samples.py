"""Could standings be read from years with a sample of provinces? ``python tests/benchmarks/samples.py
[draws]``.

First a simulation: 63 provinces, 12 years, of which a province's rank is on record with a chance of 0.6 in
the first ten, 0.2 elsewhere, 0.25 more after a move of 15 places (what the press prints), or with 0.22
everywhere. Ranks are read as normal scores. Then what the same model estimates for the indices of which only
samples are on record.
"""

import os
import sys

for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri

import cds_analysis as cds
from cds_analysis.measures.state_space import estimate, smooth

N, YEARS, PHI, S2 = 63, 12, 0.9, 0.7


def drawn(rng):
    """Return standings and their figures' ranks."""
    standing = np.empty((N, YEARS))
    standing[:, 0] = rng.normal(0, S2**0.5, N)
    for t in range(1, YEARS):
        standing[:, t] = PHI * standing[:, t - 1] + rng.normal(0, (S2 * (1 - PHI**2)) ** 0.5, N)
    figure = standing + rng.normal(0, (1 - S2) ** 0.5, standing.shape)
    return standing, 1 + (figure[None] > figure[:, None]).sum(axis=1)


def on_record(rank, rng, *, by_the_press: bool):
    """Return which ranks are printed."""
    chance = np.full(rank.shape, 0.22)
    if by_the_press:
        chance = np.where(rank <= 10, 0.6, 0.2)
        jumped = np.abs(np.diff(rank, axis=1, prepend=rank[:, :1])) >= 15
        chance = np.where(jumped, np.minimum(chance + 0.25, 1.0), chance)
    return rng.random(rank.shape) < chance


def main() -> None:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    for by_the_press in (False, True):
        rows, right, said = [], 0, 0
        for seed in range(draws):
            rng = np.random.default_rng(seed)
            truth, rank = drawn(rng)
            z = np.where(on_record(rank, rng, by_the_press=by_the_press), ndtri((N - rank + 0.5) / N), np.nan)
            seen = (~np.isnan(z)).any(axis=1)
            z, truth = z[seen], truth[seen]
            found = estimate(z, np.zeros(YEARS, dtype=bool))
            means, covariances = smooth(z, np.zeros(YEARS, dtype=bool), found)
            off, se = means[:, -1] - truth[:, -1], np.sqrt(covariances[:, -1, -1])
            last = ~np.isnan(z[:, -1])
            held = [(np.abs(off[last]) <= reach * se[last]).mean() for reach in (1.2816, 1.96)]
            raw = np.abs(z[last, -1] - truth[last, -1]).mean()
            rows.append(
                (np.abs(off[last]).mean(), raw, off[last].mean(), *held, off[~last].mean(), 1 - found.s2)
            )
            for k in np.flatnonzero(last):
                s, t = ([None, None, *np.flatnonzero(~np.isnan(z[k]))])[-2:]
                if s is None:
                    continue
                spread = covariances[k, t, t] + covariances[k, s, s] - 2 * covariances[k, s, t]
                p = ndtr((means[k, t] - means[k, s]) / np.sqrt(max(spread, 1e-12)))
                if max(p, 1 - p) >= 0.8:
                    said, right = said + 1, right + ((truth[k, t] > truth[k, s]) == (p > 0.5))
        names = [
            "error",
            "error of the rank",
            "bias",
            "held_80",
            "held_95",
            "bias without a last rank",
            "noise",
        ]
        print("printed by the press" if by_the_press else "at random", end=": ")
        print({n: round(float(v), 3) for n, v in zip(names, np.mean(rows, axis=0))}, end=" ")
        print("likely changes that were so:", round(right / said, 3))
    data = cds.load()
    whole = data.scores.filter(pl.col("dimension_id") == "overall").drop_nulls(["rank", "n_ranked"])
    for (index_id,), table in sorted(whole.group_by("index_id")):
        full = table.group_by("year").len().filter(pl.col("len") >= data.full_from).height
        if full >= 4 or table["year"].n_unique() < 4:
            continue
        share = (pl.col("n_ranked") - pl.col("rank") + 0.5) / pl.col("n_ranked")
        wide = table.with_columns(share=share).pivot("year", index="province_id", values="share")
        years = list(range(table["year"].min(), table["year"].max() + 1))
        z = np.full((wide.height, len(years)), np.nan)
        for column in wide.columns[1:]:
            z[:, int(column) - years[0]] = ndtri(wide[column].cast(pl.Float64).fill_null(np.nan).to_numpy())
        cut = data.breaks.filter(pl.col("index_id") == index_id, pl.col("dimension_id") == "overall")["year"]
        found = estimate(z, np.isin(years, cut.to_list()))
        print(index_id, years[0], years[-1], f"{(~np.isnan(z)).sum()} ranks, phi {found.phi:.2f},", end=" ")
        print(f"noise {1 - found.s2:.2f}, standard error {found.errors[1]}")


if __name__ == "__main__":
    main()
