"""How well ``cds extract`` reads articles: ``python tests/measure_extraction.py FOLDER`` (with the articles
that ``data/sources.csv`` names), then the test paragraphs in ``tests/paragraphs.csv``, of which a third was
kept unseen until the rules were finished.

Every figure of an article that the dataset holds must be found in its paragraph; every other candidate
counts as invented. Prints what was missed and invented, and a table by kind.
"""

import csv
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import polars as pl

import cds_analysis as cds
from cds_analysis.intake.extract import extract
from cds_analysis.intake.figures import number

HERE = Path(__file__).parent


def numbers(printed):
    """The numbers in a figure as printed: '817.860/879.100' holds two."""
    return tuple(number(n) for n in re.findall(r"\d+(?:[.,]\d+)*", printed))


def truth_of(data, source):
    """The figures that the dataset has from an article: (paragraph, numbers) -> the kinds, values and
    subjects that are right.
    """
    units = dict(data.indicators.select("indicator_id", "unit").iter_rows())
    found = defaultdict(lambda: {"kinds": set(), "values": set(), "about": set()})

    def add(row, kinds, value, about):
        if row["locator"] and numbers(row["printed"]):
            entry = found[row["locator"], numbers(row["printed"])]
            entry["kinds"] |= set(kinds)
            entry["values"].add(value)
            entry["about"].add(about)

    for row in data.observations.filter(pl.col("source_id") == source).iter_rows(named=True):
        unit = units[row["indicator_id"]]
        kind = (
            "lower_bound"
            if row["bound"] != "="
            else "fraction"
            if re.search(r"\d/\d", row["printed"])
            else "share"
            if unit.startswith("percent")
            else "count"
            if unit == "count"
            else "actual"
        )
        add(row, [kind], row["value"], row["indicator_id"])
    for row in data.targets.filter(pl.col("source_id") == source).iter_rows(named=True):
        add(row, ["target"], row["value"], row["indicator_id"])
    kinds = {
        "rank": ["rank"],
        "places_gained": ["rank_change"],
        "score": ["share", "actual"],
        "region_rank": ["rank"],
    }
    for row in data.claims.filter(pl.col("source_id") == source).iter_rows(named=True):
        add(row, kinds[row["quantity"]], row["value"], f"{row['index_id']}/{row['dimension_id']}")
    return dict(found)


def compare(found, truth, tally, told):
    """Add one text's candidates and true figures to the tally; return what was missed and invented."""
    rows = {(r["paragraph"], numbers(r["printed"])): r for r in found.iter_rows(named=True)}
    for place, right in truth.items():
        kind = sorted(right["kinds"])[0]
        tally[kind]["figures"] += 1
        row = rows.get(place)
        if row is None:
            told.append(f"missed    {place[0]} {place[1]} {kind}")
            continue
        tally[kind]["found"] += 1
        tally[kind]["value"] += any(abs(row["value"] - v) < 0.006 for v in right["values"]) or (
            row["numerator"] in right["values"]
        )
        tally[kind]["kind"] += row["kind"] in right["kinds"]
        three = {row["proposal"], row["second"], row["third"]}
        tally[kind]["among three"] += bool(three & right["about"] or not right["about"])
        if row["kind"] not in right["kinds"]:
            told.append(f"kind      {place[0]} {row['printed']}: {row['kind']} for {kind}")
        if right["about"] and not three & right["about"]:
            told.append(
                f"about     {place[0]} {row['printed']}: {sorted(right['about'])[0]} not in {sorted(map(str, three))}"
            )
    invented = [r for place, r in rows.items() if place not in truth]
    tally["invented"]["figures"] += len(invented)
    told += [f"invented  {r['paragraph']} {r['printed']!r} {r['kind']}" for r in invented]


def show(title, tally, told):
    invented = tally.pop("invented", Counter())["figures"]
    total = Counter()
    for counts in tally.values():
        total += counts
    print(
        f"\n## {title}\n\n| kind | figures | found | value right | kind right | among the first three |\n|---|---|---|---|---|---|"
    )
    for kind, c in [*sorted(tally.items()), ("all", total)]:
        print(f"| {kind} | {c['figures']} | {c['found']} | {c['value']} | {c['kind']} | {c['among three']} |")
    n, found = total["figures"], total["found"]
    print(
        f"\nrecall {found / n:.3f}; of those found: value {total['value'] / found:.3f}, kind {total['kind'] / found:.3f}, proposal {total['among three'] / found:.3f}; "
        f"invented {invented} of {found + invented} candidates ({invented / (found + invented):.3f})\n"
    )
    print("\n".join(told))


def paragraphs_of(unseen):
    """The test paragraphs: text, and the figures in it as 'printed|kind|value'."""
    with (HERE / "paragraphs.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if (row["unseen"] == "yes") == unseen:
                truth = {}
                for item in filter(None, row["figures"].split(";")):
                    printed, kind, value, about = [*item.strip().split("|"), ""][:4]
                    truth["p1", numbers(printed)] = {
                        "kinds": {kind},
                        "values": {float(value)},
                        "about": {about} if about else set(),
                    }
                yield row["text"], truth


def measure(data, folder):
    """Print the tables; return nothing."""
    if folder is not None:
        tally, told, start, n = defaultdict(Counter), [], time.perf_counter(), 0
        for source, file in (
            data.sources.filter(pl.col("file").is_not_null()).select("source_id", "file").iter_rows()
        ):
            text = (folder / file).read_text(encoding="utf-8")
            compare(extract(text, data), truth_of(data, source), tally, told)
            n += 1
        show(
            f"{n} articles, {(time.perf_counter() - start) / n * 1000:.0f} ms each with start-up", tally, told
        )
    if not (HERE / "paragraphs.csv").is_file():
        return
    for title, unseen in (
        ("paragraphs seen while the rules were written", False),
        ("paragraphs kept unseen", True),
    ):
        tally, told = defaultdict(Counter), []
        for text, truth in paragraphs_of(unseen):
            before = len(told)
            compare(extract(text, data), truth, tally, told)
            told[before:] = [f"{t}   <- {text[:60]}" for t in told[before:]]
        if unseen and "--unseen" not in sys.argv:
            continue
        show(title, tally, told)


if __name__ == "__main__":
    folders = [Path(a) for a in sys.argv[1:] if not a.startswith("--")]
    measure(cds.load(), folders[0] if folders else None)
