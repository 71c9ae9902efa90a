"""How well ``cds extract`` reads documents.

    --articles FOLDER       the five source articles, against data/
    --paragraphs            tests/paragraphs.csv
    --gold FILE.csv TEXTS   passages annotated by hand, TEXTS/<passage_id>.txt
    --decisions CSV ...     what people made of proposals, as the review keeps it

For the passages: kind, place, date, value and bound of each figure found; the indicator first and among
three, for figures about a registered one; *nothing to correct*: all of these are right, a figure about
nothing registered has no proposal, and a day or place that is not said is empty; *complete but wrong*: place,
date and proposal are all filled in, so that accepting the row would write it, and one of them, the kind or
the value is wrong. ``--told`` prints each figure that is not right; ``--titles`` gives the page's title too.
"""

import argparse
import csv
import re
import time
from collections import Counter, defaultdict
from pathlib import Path

import polars as pl

import cds_analysis as cds
from cds_analysis.intake.decisions import kept_share
from cds_analysis.intake.document import document
from cds_analysis.intake.extract import Tools, extract
from cds_analysis.intake.figures import number

HERE = Path(__file__).parent
FIELDS = ("value", "bound", "kind", "place", "date", "indicator")


def numbers(printed):
    """The numbers in a figure as printed: '817.860/879.100' holds two."""
    return tuple(number(n) for n in re.findall(r"\d+(?:[.,]\d+)*", printed))


# ---- annotated passages


def gold_passages(file, texts):
    """The passages of an annotated file: (id, title, text, rows)."""
    passages = defaultdict(list)
    with Path(file).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            passages[row["passage_id"]].append(row)
    for passage, rows in passages.items():
        yield passage, rows[0]["title"], (Path(texts) / f"{passage}.txt").read_text(encoding="utf-8"), rows


def placed(text, found, tools):
    """The candidates with the place of their printed figure in the text."""
    blocks = {f"p{b.number}": b for b in document(text, tools.rules)}
    several = defaultdict(list)
    for block in document(text, tools.rules):
        several[f"p{block.number}"].append(block)
    rows = []
    for row in found.iter_rows(named=True):
        block = blocks[row["paragraph"]]
        rows.append({**row, "from": block.in_source(row["start"]), "to": block.in_source(row["end"] - 1) + 1})
    return rows


def judge(row, right, text):
    """Which fields of a candidate are right: field -> bool."""
    values = {float(v) for v in (right["value"], right["value_low"]) if v}
    own = {abs(v) for v in (row["value"], row["numerator"]) if v is not None}
    bounds = {"": "=", "~": "=", ">": ">", "<": "<="}
    kind = {"claim": "group"}.get(right["kind"], right["kind"])
    about = {right["of"] if right["kind"] == "change" else right["indicator"]} - {""}
    alternatives = set(filter(None, right["indicator_alt"].split(";")))
    if about == {"other"} or not about:
        about = {None}
    else:
        about = {a.replace(":", "/") for a in about | alternatives}
        about |= {None} if "other" in alternatives else set()
    if right["kind"] == "change" and row["unit"] != "places":
        about |= {None}  # only a change of rank can be added
    if right["kind"] == "claim" or "group" in right["note"]:
        about |= {right["of"].replace(":", "/") or None}
    place_type, place = right["place_type"], right["place"]
    same_place = row["place_type"] == place_type and (not place or row["place"] == place)
    if place_type in ("organisation", "region", "not_said"):
        same_place = row["place_type"] in (place_type, "not_said")
    if place_type in ("commune", "district"):
        same_place = row["place_type"] == place_type
    said = str(row["date"]) if row["date"] else ""
    same_date = said == right["date"]
    if not same_date and said and right["date"] and "first ten" in right["note"]:
        same_date = said[:7] == right["date"][:7]
    return {
        "value": bool(own & values) or any(abs(a - b) < 0.006 for a in own for b in values),
        "bound": (
            {">=": ">"}.get(row["bound"], row["bound"]) == bounds[right["bound"]]
            or kind == "group"
            or row["unit"] == "rank"
        ),
        "kind": row["kind"] == kind,
        "place": same_place,
        "date": same_date,
        "indicator": row["proposal"] in about,
        "three": bool({row["proposal"], row["second"], row["third"]} & (about - {None})),
        "registered": about != {None} and right["kind"] != "change",
        "said_place": place_type not in ("not_said", "region"),
    }


def complete(row):
    """Whether accepting a candidate as it stands would write a row."""
    return bool(
        row["place"]
        and row["date"]
        and row["proposal"]
        and row["place_type"] in ("province", "unit_2025", "country")
        and row["kind"] in ("result", "target", "rank", "score", "change", "group")
    )


def measure_gold(file, texts, data, *, titles=False, told=False):
    """Count what is right in annotated passages; return the counts."""
    tools, tally, passages = Tools(data), Counter(), 0
    for passage, title, text, rows in gold_passages(file, texts):
        passages += 1
        found = placed(text, extract(text, data, tools=tools, title=title if titles else ""), tools)
        taken = set()
        for right in rows:
            at = int(right["char_start"])
            row = next((r for r in found if r["from"] <= at < r["to"]), None)
            tally["figures"] += 1
            if row is None:
                tally["missed"] += 1
                if told:
                    print(f"missed   {passage} {right['printed']} {right['kind']} | {_near(text, at)}")
                continue
            taken.add(row["candidate"])
            marks = judge(row, right, text)
            tally["found"] += 1
            for field in FIELDS:
                tally[field] += marks[field]
            tally["registered"] += marks["registered"]
            tally["first"] += marks["registered"] and marks["indicator"] and row["proposal"] is not None
            tally["three"] += marks["registered"] and marks["three"]
            wrong = [f for f in FIELDS if not marks[f]]
            tally["nothing to correct"] += not wrong
            tally["complete but wrong"] += complete(row) and any(f != "bound" for f in wrong)
            tally["place left open"] += not marks["place"] and row["place_type"] == "not_said"
            tally["date left open"] += not marks["date"] and row["date"] is None
            tally["date said"] += bool(right["date"])
            tally["date said right"] += bool(right["date"]) and marks["date"]
            if wrong and told:
                shown = {
                    "kind": (row["kind"], right["kind"]),
                    "place": (row["place"], right["place_type"][:4] + ":" + right["place"]),
                    "date": (str(row["date"]), right["date"]),
                    "indicator": (row["proposal"], right["of"] or right["indicator"]),
                    "value": (row["value"], right["value"]),
                    "bound": (row["bound"], right["bound"]),
                }
                flag = "WRONG" if complete(row) and any(f != "bound" for f in wrong) else "     "
                print(
                    f"{flag} {passage} {row['printed']} "
                    + "; ".join(f"{f}: {shown[f][0]} for {shown[f][1]}" for f in wrong)
                    + f" | {_near(text, at)} | {row['reason']}"
                )
        more = [r for r in found if r["candidate"] not in taken]
        tally["more"] += len(more)
        if told:
            for row in more:
                print(f"invented {passage} {row['printed']} {row['kind']} | {_near(text, row['from'])}")
    tally["passages"] = passages
    return tally


def _near(text, at):
    return " ".join(f"{text[max(0, at - 50) : at]}⟦{text[at : at + 45]}".split())


def show_gold(title, tally):
    found, registered = max(tally["found"], 1), max(tally["registered"], 1)
    print(f"\n## {title}: {tally['passages']} passages, {tally['figures']} figures\n")
    print(
        f"found {tally['found']} ({tally['found'] / tally['figures']:.1%}); {tally['more']} candidates more"
    )
    for field in FIELDS:
        print(f"{field:20} {tally[field] / found:.1%}")
    for field in ("place", "date"):
        left = tally[f"{field} left open"]
        said = found - tally[field] - left
        print(f"{field} not right: {left / found:.1%} left open, {said / found:.1%} said wrongly")
    print(
        f"{'date, where said':20} {tally['date said right'] / max(tally['date said'], 1):.1%} of"
        f" {tally['date said']}"
    )
    print(
        f"{'indicator first':20} {tally['first'] / registered:.1%} of {tally['registered']} about a"
        " registered one"
    )
    print(f"{'among three':20} {tally['three'] / registered:.1%}")
    print(f"{'nothing to correct':20} {tally['nothing to correct'] / found:.1%}")
    print(f"{'complete but wrong':20} {tally['complete but wrong'] / found:.1%}")


# ---- the source articles, and the paragraphs of the tests


def truth_of(data, source):
    """The figures that the dataset has from an article: (paragraph, numbers) -> the kinds, values and
    subjects that are right.
    """
    found = defaultdict(lambda: {"kinds": set(), "values": set(), "about": set()})

    def add(row, kinds, value, about):
        if row["locator"] and numbers(row["printed"]):
            entry = found[row["locator"], numbers(row["printed"])]
            entry["kinds"] |= set(kinds)
            entry["values"].add(value)
            entry["about"].add(about)

    for row in data.observations.filter(pl.col("source_id") == source).iter_rows(named=True):
        add(row, ["result"], row["value"], row["indicator_id"])
    for row in data.targets.filter(pl.col("source_id") == source).iter_rows(named=True):
        add(row, ["target"], row["value"], row["indicator_id"])
    kinds = {
        "rank": ["rank", "group"],
        "places_gained": ["change"],
        "score": ["score", "result"],
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
        tally[kind]["first"] += row["proposal"] in right["about"] or not right["about"]
        if row["kind"] not in right["kinds"]:
            told.append(f"kind      {place[0]} {row['printed']}: {row['kind']} for {kind} ({row['reason']})")
        if right["about"] and row["proposal"] not in right["about"]:
            told.append(
                f"about     {place[0]} {row['printed']}: {sorted(right['about'])[0]} not first in"
                f" {row['proposal']}, {row['second']}, {row['third']}"
            )
    invented = [r for place, r in rows.items() if place not in truth]
    tally["invented"]["figures"] += len(invented)
    told += [f"invented  {r['paragraph']} {r['printed']!r} {r['kind']}" for r in invented]


def show(title, tally, told):
    """Print the table by kind."""
    invented = tally.pop("invented", Counter())["figures"]
    total = Counter()
    for counts in tally.values():
        total += counts
    print(f"\n## {title}\n\n| kind | figures | found | value right | kind right | first | among three |")
    print("|---|---|---|---|---|---|---|")
    for kind, c in [*sorted(tally.items()), ("all", total)]:
        print(
            f"| {kind} | {c['figures']} | {c['found']} | {c['value']} | {c['kind']} | {c['first']} |"
            f" {c['among three']} |"
        )
    print(f"\ninvented {invented} of {total['found'] + invented} candidates\n")
    print("\n".join(told))


def paragraphs_of(unseen):
    """The test paragraphs: text, and the figures in it as 'printed|kind|value|about'."""
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


def main():
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--paragraphs", action="store_true")
    parser.add_argument("--gold", nargs=2, type=Path, metavar=("CSV", "TEXTS"))
    parser.add_argument("--decisions", nargs="+", type=Path, metavar="CSV")
    parser.add_argument("--titles", action="store_true")
    parser.add_argument("--told", action="store_true")
    asked = parser.parse_args()
    for file in asked.decisions or []:
        print(f"## {file.name}\n{kept_share(pl.read_csv(file, infer_schema=False)).to_dicts()}")
    data = cds.load()
    if asked.articles:
        tally, told, start, n = defaultdict(Counter), [], time.perf_counter(), 0
        named = data.sources.filter(pl.col("file").is_not_null()).select("source_id", "file")
        for source, file in named.iter_rows():
            compare(
                extract((asked.articles / file).read_text(encoding="utf-8"), data),
                truth_of(data, source),
                tally,
                told,
            )
            n += 1
        show(
            f"{n} articles, {(time.perf_counter() - start) / n * 1000:.0f} ms each with start-up", tally, told
        )
    if asked.paragraphs:
        for title, unseen in (
            ("paragraphs seen while the rules were written", False),
            ("paragraphs kept unseen", True),
        ):
            tally, told = defaultdict(Counter), []
            for text, truth in paragraphs_of(unseen):
                before = len(told)
                compare(extract(text, data), truth, tally, told)
                told[before:] = [f"{t}   <- {text[:60]}" for t in told[before:]]
            show(title, tally, told)
    if asked.gold:
        show_gold(asked.gold[0].name, measure_gold(*asked.gold, data, titles=asked.titles, told=asked.told))


if __name__ == "__main__":
    main()
