"""Time the explorer on all of PAPI, DTI and PAR INDEX: ``python tests/benchmarks/explorer.py``.

From a change to the figure that is sent to the browser, tab by tab, over every index and several choices of
provinces; and the first display after imports. tests/benchmarks/lab.py measures to the picture, in a real
JupyterLab.
"""

import statistics
import time

import cds_analysis as cds
from cds_analysis.app.explorer import Explorer
from cds_analysis.study.choice import VIEWS

CHOICES = [
    ["lang-son"],
    ["da-nang", "lang-son"],
    ["ba-ria-vung-tau", "da-nang", "ha-noi", "lang-son"],
    ["can-tho", "da-nang", "ha-noi", "ca-mau", "lang-son", "vinh-phuc"],
]


def main():
    start = time.perf_counter()
    data = cds.load()
    loaded = time.perf_counter()
    explorer = Explorer(data, lang="vi", provinces=["lang-son"], index="papi")
    print(
        f"first display: {loaded - start:.2f} s to load the data, {time.perf_counter() - loaded:.2f} s to the"
        " first figure\n"
    )

    seconds = {tab: [] for tab in VIEWS}
    for tab in VIEWS:
        for index in ("papi", "dti", "par"):
            explorer.change(tab=tab, index=index)
            for provinces in CHOICES * 2:
                start = time.perf_counter()
                explorer.change(provinces=provinces)
                seconds[tab].append(time.perf_counter() - start)
    every = [s for group in seconds.values() for s in group]
    print("| tab | changes | median, ms | 95th percentile, ms |\n|---|---|---|---|")
    for tab, group in [*seconds.items(), ("all", every)]:
        print(
            f"| {tab} | {len(group)} | {1000 * statistics.median(group):.0f} |"
            f" {1000 * statistics.quantiles(group, n=20)[-1]:.0f} |"
        )


if __name__ == "__main__":
    main()
