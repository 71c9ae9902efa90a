"""False alarms and power of "is this rise real?", on simulated tables: ``python tests/benchmarks/changes.py
[draws]``.

Prints one row a case (:mod:`cds_analysis.measures.change_simulation`) for tables of 63 provinces and 7 or 14
years.
"""

import os
import sys

for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import polars as pl

from cds_analysis.measures.change_simulation import change_rates


def main() -> None:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with pl.Config(
        tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200, float_precision=3, tbl_hide_dataframe_shape=True
    ):
        for n_years in (7, 14):
            print(change_rates(n_years=n_years, draws=draws).drop("seed", "n_provinces"))


if __name__ == "__main__":
    main()
