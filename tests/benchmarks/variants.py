"""Variants of the model behind standings, back-tested one year ahead on the past only:
``python tests/benchmarks/variants.py``.

``as it is``: the pooled model. ``fixed level``: besides, each province has a level that never fades, whose
share is estimated. ``t noise``: noise of Student's t with 5 degrees of freedom, by reweighting (Lange, Little
and Taylor, 1989).
"""

import os

for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

from itertools import product

import numpy as np
import polars as pl
from scipy.optimize import minimize

import cds_analysis as cds
from cds_analysis.measures import state_space
from cds_analysis.measures.standing import standardised

MIN_YEARS, MIN_PROVINCES = 4, 30
FREEDOM, ROUNDS = 5, 4


def signal(phi, kappa, fixed, s2, is_break):
    """Return the covariance of a province's standings; a share `fixed` of it never fades."""
    links = np.where(is_break, kappa * phi, phi)
    links[0] = 1.0
    logs = np.cumsum(np.log(links))
    return s2 * (fixed + (1 - fixed) * np.exp(-np.abs(logs[:, None] - logs[None, :])))


def with_fixed_level(z, is_break):
    """Return phi, kappa, the fixed share and s2 of highest likelihood."""
    has_break = bool(is_break[1:].any())

    def cost(x):
        phi, s2, fixed, kappa = (*x, 1.0)[:4]
        total = 0.0
        for years, provinces in state_space._patterns(z):
            own = signal(phi, kappa, fixed, s2, is_break)[np.ix_(years, years)] + (1 - s2) * np.eye(
                len(years)
            )
            outer = z[np.ix_(provinces, years)].T @ z[np.ix_(provinces, years)]
            total += np.trace(np.linalg.solve(own, outer)) + len(provinces) * np.linalg.slogdet(own)[1]
        return total / 2

    ends = [(0.3, 0.6, 0.9), (0.4, 0.7), (0.05, 0.5), *([(0.5,)] if has_break else [])]
    start = min(product(*ends), key=cost)
    found = minimize(cost, start, method="L-BFGS-B", bounds=[(1e-4, 1 - 1e-4)] * len(start)).x
    phi, s2, fixed, kappa = (*found, 1.0)[:4]
    return phi, kappa, fixed, s2


def foretold(z, own, noise):
    """Return mean and variance of the next standing of every province, and the smoothed past; `noise` by
    figure.
    """
    mean, variance, past = np.empty(len(z)), np.empty(len(z)), np.empty(z.shape)
    for k, row in enumerate(z):
        seen = np.flatnonzero(~np.isnan(row))
        weights = np.linalg.solve(own[np.ix_(seen, seen)] + np.diag(noise[k, seen]), own[seen])
        every = row[seen] @ weights
        mean[k], past[k] = every[-1], every[:-1]
        variance[k] = own[-1, -1] - weights[:, -1] @ own[seen, -1]
    return mean, variance, past


def with_t_noise(z, own, noise):
    """Return what :func:`foretold` does, figures far from their standing weighing less."""
    plain = np.full(z.shape, noise)
    mean, variance, past = foretold(z, own, plain)
    for _ in range(ROUNDS):
        far = (z - past) ** 2 / max(noise, 1e-3)
        weight = np.clip(np.nan_to_num((FREEDOM + 1) / (FREEDOM - 2 + far), nan=1.0), 0.05, 2.0)
        mean, variance, past = foretold(z, own, plain / weight)
    return mean, variance


def errors(z, is_break, published):
    """Yield the name, errors and standard errors of each variant in foretelling the next figures."""
    ahead = np.append(is_break, False)
    found = state_space.estimate(z, is_break)
    own = signal(found.phi, found.kappa or 1.0, 0.0, found.s2, ahead)
    noise = 1 - found.s2
    mean, variance, _ = foretold(z, own, np.full(z.shape, noise))
    yield "as it is", mean - published, np.sqrt(variance + noise)
    mean, variance = with_t_noise(z, own, noise)
    yield "t noise", mean - published, np.sqrt(variance + noise)
    phi, kappa, fixed, s2 = with_fixed_level(z, is_break)
    mean, variance, _ = foretold(z, signal(phi, kappa, fixed, s2, ahead), np.full(z.shape, 1 - s2))
    yield "fixed level", mean - published, np.sqrt(variance + 1 - s2)


def main() -> None:
    data, rows = cds.load(), []
    known = standardised(data.scores).drop_nulls("z")
    order = data.breaks.filter(pl.col("effect").fill_null("order") == "order")
    for (index_id, dimension_id), table in sorted(known.group_by("index_id", "dimension_id")):
        wide = table.pivot("year", index="province_id", values="z")
        years = list(range(table["year"].min(), table["year"].max() + 1))
        every = np.full((wide.height, len(years)), np.nan)
        for column in wide.columns[1:]:
            every[:, int(column) - years[0]] = wide[column].cast(pl.Float64).fill_null(np.nan).to_numpy()
        cut = order.filter(pl.col("index_id") == index_id, pl.col("dimension_id") == dimension_id)["year"]
        is_break = np.isin(years, cut.to_list())
        for n in range(MIN_YEARS, len(years)):
            here = ~np.isnan(every[:, n - 1]) & ~np.isnan(every[:, n])
            if here.sum() < MIN_PROVINCES:
                continue
            for name, off, se in errors(every[:, :n], is_break[:n], every[:, n]):
                off, se = off[here], se[here]
                held = [(np.abs(off) <= reach * se).sum() for reach in (1.2816, 1.96)]
                score = (np.log(se) + 0.5 * (off / se) ** 2).sum()
                rows.append((f"{index_id}/{dimension_id}", name, len(off), np.abs(off).sum(), *held, score))
    schema = ["series", "model", "n", "error", "held_80", "held_95", "log_score"]
    shares = [pl.col(c) / pl.col("n") for c in schema[3:]]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    with pl.Config(float_precision=4, tbl_width_chars=160):
        print(frame.group_by("model").agg(pl.col(schema[2:]).sum()).with_columns(shares).sort("model"))
    each = (
        frame.group_by("series", "model")
        .agg(pl.col("n", "error").sum())
        .with_columns(pl.col("error") / pl.col("n"))
    )
    wide = each.pivot("model", index="series", values="error")
    for name in ("fixed level", "t noise"):
        print(name, "errs less in", (wide[name] < wide["as it is"]).sum(), "of", wide.height, "series")


if __name__ == "__main__":
    main()
