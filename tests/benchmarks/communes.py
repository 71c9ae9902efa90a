"""A panel of 10,598 communes, 46 indicators and 60 months (29 million rows) in Parquet: ``python
tests/benchmarks/communes.py make DIR``, then ``python tests/benchmarks/communes.py measure DIR``.

Measures, each in a process of its own so that memory can be told: the gaps of one province's communes, and
the ranks of all communes in a month, with this package and (where pyarrow is installed) with pandas.
"""

import resource
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

import cds_analysis as cds
from cds_analysis.paths import data_folder

COMMUNES, INDICATORS, YEARS = 10_598, 46, range(2020, 2025)
PROVINCE, MONTH, ONE = "lang-son", date(2024, 6, 30), "files_received_online_pct"


def indicators():
    percent = cds.load().indicators.filter(pl.col("unit") == "percent")["indicator_id"].to_list()
    return sorted(list(dict.fromkeys([ONE, *percent]))[:INDICATORS])


def communes():
    provinces = sorted(cds.load().provinces["province_id"])
    return pl.Series(sorted(f"{provinces[n % len(provinces)]}.c{n:05}" for n in range(COMMUNES)))


def make(folder):
    folder = Path(folder)
    shutil.copytree(data_folder(), folder, dirs_exist_ok=True)
    (folder / "observations.csv").unlink()
    draw = np.random.default_rng(2025)
    names, registered = communes(), indicators()
    level = draw.uniform(5, 80, (COMMUNES, len(registered)))
    for year in YEARS:
        days = pl.date_range(date(year, 1, 31), date(year, 12, 31), "1mo", eager=True).dt.month_end()
        values = np.clip(
            level[:, :, None] + (year - 2020) * 4 + draw.normal(0, 1, (*level.shape, 12)), 0, 100
        ).round(2)
        part = (
            pl.DataFrame({"province_id": names})
            .join(pl.DataFrame({"indicator_id": registered}), how="cross")
            .join(pl.DataFrame({"as_of": days}), how="cross")
        )
        value = pl.Series("value", values.reshape(-1))
        part = part.with_columns(
            source_id=pl.lit("project-check"),
            value=value,
            bound=pl.lit("="),
            numerator=pl.lit(None, pl.Float64),
            denominator=pl.lit(None, pl.Float64),
            printed=value.cast(pl.String) + "%",
            status=pl.lit("reported"),
            locator=pl.lit("p1"),
            as_of_precision=pl.lit("month"),
            note=pl.lit(None, pl.String),
        )
        target = folder / "observations" / f"year={year}" / "part.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_parquet(target, row_group_size=100_000)
        print(year, f"{part.height:,} rows, {target.stat().st_size / 2**20:.0f} MiB")


def goals():
    return pl.DataFrame(
        {
            "scope": "viet-nam",
            "indicator_id": indicators(),
            "due": date(2025, 12, 31),
            "source_id": "project-check",
            "value": 90.0,
            "comparator": ">=",
            "printed": "90%",
            "locator": "p1",
        }
    )


def of_province(data):
    return data.observations.filter(
        pl.col("province_id").is_between(pl.lit(f"{PROVINCE}."), pl.lit(f"{PROVINCE}/"))
    )


def gaps(folder):
    data = cds.load(folder, scan=True)
    start = time.perf_counter()
    judged = cds.gaps(of_province(data), goals(), data.indicators)
    return time.perf_counter() - start, judged.height, round(judged["gap"].sum(), 3)


def ranks(folder):
    data = cds.load(folder, scan=True)
    start = time.perf_counter()
    month = data.observations.filter(pl.col("year") == MONTH.year, pl.col("as_of") == MONTH).select(
        "province_id",
        "source_id",
        index_id=pl.lit("panel"),
        dimension_id="indicator_id",
        year=pl.lit(MONTH.year, pl.Int64),
        score="value",
        rank=pl.lit(None, pl.Int64),
        n_ranked=pl.lit(None, pl.Int64),
        status=pl.lit("reported"),
        rank_status=pl.lit(None, pl.String),
    )
    ranked = cds.ranks(month, data.breaks, data.indices)
    return time.perf_counter() - start, ranked.height, int(ranked["rank"].sum())


def pandas_gaps(folder):
    import pandas as pd

    start = time.perf_counter()
    bounds = [("province_id", ">=", f"{PROVINCE}."), ("province_id", "<", f"{PROVINCE}/")]
    rows = pd.read_parquet(
        Path(folder) / "observations",
        filters=bounds,
        columns=["province_id", "indicator_id", "as_of", "value"],
    ).sort_values("as_of")
    last = rows.groupby(["province_id", "indicator_id"], observed=True).last()
    gap = 90.0 - last["value"]
    return time.perf_counter() - start, len(gap), round(float(gap.sum()), 3)


def pandas_ranks(folder):
    import pandas as pd

    start = time.perf_counter()
    bounds = [("year", "==", MONTH.year), ("as_of", "==", MONTH)]
    rows = pd.read_parquet(
        Path(folder) / "observations", filters=bounds, columns=["province_id", "indicator_id", "value"]
    )
    rank = rows.groupby("indicator_id", observed=True)["value"].rank(method="min", ascending=False)
    return time.perf_counter() - start, len(rank), int(rank.sum())


def measure(folder):
    print("| work | seconds | rows | check | peak memory, MiB |\n|---|---|---|---|---|")
    for name in ("gaps", "pandas_gaps", "ranks", "pandas_ranks"):
        done = subprocess.run([sys.executable, __file__, name, folder], capture_output=True, text=True)
        print(done.stdout.strip() or f"| {name} | failed: {done.stderr.strip().splitlines()[-1]} |")


if __name__ == "__main__":
    what, where = sys.argv[1:3]
    if what in ("make", "measure"):
        globals()[what](where)
    else:
        seconds, rows, check = globals()[what](where)
        print(
            f"| {what} | {seconds:.2f} | {rows:,} | {check} |"
            f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} |"
        )
