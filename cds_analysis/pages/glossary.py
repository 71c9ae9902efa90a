"""The glossary: every index of the register with who publishes it, its parts and years, and the terms of
the pages; and in a page the link from an index's first mention to its entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.register import WHOLE, parts_of, series_of
from cds_analysis.views.citing import address_of
from cds_analysis.views.markup import templates
from cds_analysis.views.text import Text

__all__ = ["Entry", "index_entries", "index_names", "link_first_mentions", "mentioned", "terms"]

_TEMPLATES = Path(__file__).parent / "templates"
_TAG = re.compile(r"(<!--.*?-->|<[^>]+>)", re.DOTALL)
_QUIET = ("a", "svg", "script", "style", "h1", "h2", "h3", "summary", "button", "title", "caption", "th")


@dataclass(frozen=True)
class Entry:
    """What the glossary says of an index: its names, publisher and address, and a sentence on each."""

    anchor: str
    short: str
    name: str
    publisher: str
    url: str
    facts: list[str]
    parts: list[str]


def _anchor(index_id: str) -> str:
    return f"term-{index_id.replace('_', '-')}"


def index_entries(data: Dataset, t: Text) -> list[Entry]:
    """Return an entry for each index and ranking of the register, in its order."""
    found = []
    wholes = [s for s in series_of(data.indices) if s.dimension_id == WHOLE]
    for series in wholes:
        index = series.index_id
        rows = data.scores.filter(pl.col("index_id") == index).sort("year")
        facts = []
        if series.evidence:
            facts.append(
                t("Scored mostly on documents.")
                if series.evidence == "documents"
                else t("A survey of citizens.")
            )
        if rows.height:
            facts.append(
                t(
                    "On record here: {first} to {last}.",
                    first=str(rows["year"][0]),
                    last=str(rows["year"][-1]),
                )
            )
        if series.scale_max is not None:
            facts.append(
                t(
                    "Scores from {low} to {high}.",
                    low=t.number(series.scale_min),
                    high=t.number(series.scale_max),
                )
            )
        source = t.source_row(rows["source_id"][-1]) if rows.height else None
        found.append(
            Entry(
                _anchor(index),
                t.index_short(index),
                t.dimension(index, WHOLE),
                t.publisher_of(source) if source else "",
                address_of(source) if source else "",
                facts,
                [t.numbered(*part.key.split("/")) for part in parts_of(data.indices, index)],
            )
        )
    return found


def terms(t: Text) -> list[tuple[str, str]]:
    """Return the terms of the pages, each with what it means here."""
    return [
        (t("Rank"), t("Place among the provinces with a published result; 1 is best.")),
        (t("Median"), t("Half of the provinces lie above it, half below.")),
        (t("Percentile"), t("Share of the other provinces that lie below: 100 is first, 0 is last.")),
        (t("Middle half"), t("The provinces between the best quarter and the last quarter.")),
        (
            t("Survey error"),
            t(
                "How far a figure may lie from the truth because only some people were asked. A change within"
                " it may be none."
            ),
        ),
        (
            t("Standing"),
            t(
                "A score set against the country's mean of the same year, with its error estimated from the"
                " figures of all provinces and years."
            ),
        ),
        (t("Likely rank"), t("Where the standing of a province lies with a chance of 80%.")),
        (
            t("New definition"),
            t("From that year an index measures other things: scores before and after do not compare."),
        ),
        (
            t("Structural peers"),
            t("The provinces closest in income per head, population and urban share, wherever they lie."),
        ),
        (
            t("National target"),
            t("A yardstick set for the country or for every province; a province may set its own beside it."),
        ),
        (t("Gap"), t("What the latest figure still lacks to the target.")),
        (
            t("Sample of provinces"),
            t("A table in which only some provinces are on record: no rank of all can be computed from it."),
        ),
        (
            t("Estimate for 34 units"),
            t("The mean of the provinces that a unit was formed from on 1 July 2025."),
        ),
        (
            t("p, corrected"),
            t(
                "How often chance alone would give a change as large, allowing for the number of provinces"
                " looked at together."
            ),
        ),
    ]


def _word(short: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(short)}(?![\w-])")


def index_names(t: Text) -> list[tuple[str, str, str]]:
    """Return anchor, short name and full name of each index known by an abbreviation, longest first."""
    found = [(_anchor(i), t.index_short(i), t.dimension(i, WHOLE)) for i in t.index_ids]
    return sorted((f for f in found if f[1].isupper()), key=lambda f: (-len(f[1]), f[1]))


def mentioned(body: str, names: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Return short and full name of each index that a page names.

    Examples
    --------
    >>> mentioned("<p>PAPI 2024</p>", [("term-papi", "PAPI", "Performance Index"), ("term-dti", "DTI", "…")])
    [('PAPI', 'Performance Index')]
    """
    text = _TAG.sub(" ", re.sub(r"<(script|style)\b.*?</\1>", " ", body, flags=re.DOTALL))
    return [(short, name) for _, short, name in names if _word(short).search(text)]


def link_first_mentions(body: str, names: Iterable[tuple[str, str, str]], page: str) -> str:
    """Link the first mention of each index in the running text to its entry on `page`.

    Examples
    --------
    >>> link_first_mentions("<h1>DTI</h1><p>DTI, DTI</p>", [("term-dti", "DTI", "Index")], "index.html")
    '<h1>DTI</h1><p><a class="term" href="index.html#term-dti" title="Index">DTI</a>, DTI</p>'
    """
    left, depth = list(names), 0
    template = templates(_TEMPLATES).get_template("term.html.j2")
    pieces = _TAG.split(body)
    for i, piece in enumerate(pieces):
        if i % 2:
            tag = re.match(r"</?([a-z0-9]+)", piece)
            if tag and tag.group(1) in _QUIET and not piece.endswith("/>"):
                depth += -1 if piece.startswith("</") else 1
            continue
        if depth or not piece.strip():
            continue
        hits = [(hit, one) for one in left if (hit := _word(one[1]).search(piece))]
        for hit, (anchor, short, name) in sorted(hits, key=lambda h: h[0].start(), reverse=True):
            link = template.render(href=f"{page}#{anchor}", name=name, short=short)
            piece = piece[: hit.start()] + link + piece[hit.end() :]
        pieces[i] = piece
        done = [one for _, one in hits]
        left = [one for one in left if one not in done]
        if not left:
            break
    return "".join(pieces)
