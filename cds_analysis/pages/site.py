"""The page templates, and the landing page that leads to all reports, in both languages."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from cds_analysis import __version__
from cds_analysis.pages.glossary import index_entries, terms
from cds_analysis.pages.landing import words
from cds_analysis.pages.landing.cards import cards
from cds_analysis.pages.landing.findings import findings
from cds_analysis.pages.landing.news import coverage, newest, reported
from cds_analysis.pages.landing.record import Record
from cds_analysis.pages.landing.search import entries
from cds_analysis.pages.landing.tiles import tile_maps
from cds_analysis.pages.landing.ways import Page, Ways
from cds_analysis.pages.policy import policy, within_script
from cds_analysis.views.look import FACE, FAMILY
from cds_analysis.views.markup import templates
from cds_analysis.views.panel import look
from cds_analysis.views.text import Text

__all__ = [
    "DATASET",
    "GENERATOR",
    "LANDING",
    "TEMPLATES",
    "render_landing",
    "render_not_found",
    "render_sitemap",
    "style",
]

TEMPLATES = Path(__file__).parent / "templates"
GENERATOR = "cds-analysis"  # named at the top of the landing page, so that ours is told from another's
LANDING = {"vi": "index.html", "en": "index.en.html"}
DATASET = "dataset"  # folder of a site with the data to download
_HITS = 8  # that the search shows
# Words around a name that tell nothing apart: "tỉnh Lạng Sơn", "PAPI index".
_COMMON = "tinh thanh pho tp chi so cua ve cac province city of the index in provincial"


def style() -> str:
    """Return the style sheet that every report carries: the look of figures and tables, and the page around
    them.
    """
    return _face() + look() + _part("style.css")


def _part(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _face() -> str:
    """Return the face of the page within the style sheet: a page needs no other file."""
    weights = {400: "Regular", 700: "Bold"}
    files = {
        w: base64.b64encode((FACE / f"Inter-{name}.woff2").read_bytes()).decode()
        for w, name in weights.items()
    }
    return templates(TEMPLATES).get_template("face.css.j2").render(family=FAMILY, files=files)


def render_landing(
    record: Record,
    reports: list[dict],
    failed: list[dict],
    pages: Sequence[Page],
    lang: str,
    downloads: Sequence[str] = (),
) -> str:
    """Make the landing page in a language.

    Parameters
    ----------
    record
        What the data say.
    reports
        Entries of the manifest whose pages are there, in reading order.
    failed
        ``key, error, cell`` of those that could not be made.
    pages
        All reports that can be made.
    lang
        ``vi`` or ``en``.
    downloads
        Files of the dataset beside the page.
    """
    t = Text(lang, record.data)
    ways = Ways(record.data, t, reports, list(pages))
    country, heads = tile_maps(record, ways), words.headings(ways)
    strip = coverage(record, ways)
    if not country["maps"]:
        heads.pop("map")
    found = {
        "entries": entries(record, ways, heads),
        "maps": country["maps"],
        "common": _COMMON.split(),
        "most": _HITS,
        "said": {"nothing": words.nothing(record, ways, len(pages)), "hits": t("Hits: {n}", n="{n}")},
    }
    script = _part("landing.js")
    other = next(one for one in LANDING if one != lang)
    return (
        templates(TEMPLATES)
        .get_template("landing/page.html.j2")
        .render(
            t=t,
            generator=GENERATOR,
            policy=policy((script,)),
            style=_face() + _part("landing.css"),
            script=script,
            found=within_script(found),
            here=LANDING[lang],
            other={"lang": other, "href": LANDING[other]},
            sentence=words.sentence(record, ways),
            headings=heads,
            chips=words.chips(record, ways),
            cards=cards(record, ways),
            country=country,
            findings=findings(record, ways),
            news=newest(record, ways),
            reported=reported(record, ways),
            strip=strip,
            groups=_groups(reports, lang),
            failed=failed,
            glossary=index_entries(record.data, t),
            terms=terms(t),
            downloads=[(href, href.rpartition("/")[2]) for href in downloads],
            cited=words.cited(record, ways),
            listed=words.listed(ways),
            about=words.about(record, ways, __version__),
            **words.links(ways),
        )
    )


def _groups(reports: list[dict], lang: str) -> list[dict]:
    """Return the reports by notebook, each with a link a language, this page's language first."""
    groups: dict[str, dict] = {}
    for report in reports:
        group = groups.setdefault(report["notebook"], {"titles": {}, "rows": {}})
        group["titles"][report["lang"]] = report["notebook_title"]
        row = group["rows"].setdefault(report["stem"], {"name": report["name"], "links": {}})
        row["links"][report["lang"]] = report["path"]
    return [
        {
            "title": group["titles"].get(lang) or next(iter(group["titles"].values())),
            "rows": [
                {"name": row["name"], "links": sorted(row["links"].items(), key=lambda link: link[0] != lang)}
                for row in group["rows"].values()
            ],
        }
        for group in groups.values()
    ]


def render_not_found(address: str) -> str:
    """Make the page that a web server shows for an address that leads nowhere; it links to the landing page,
    under `address` where the site's own is known.
    """
    page = templates(TEMPLATES).get_template("landing/404.html.j2")
    links = [(Text(lang), address + name) for lang, name in LANDING.items()]
    return page.render(
        generator=GENERATOR, policy=policy(()), style=_face() + _part("landing.css"), links=links
    )


def render_sitemap(addresses: list[str]) -> str:
    """Make the list of a site's pages for search engines."""
    return templates(TEMPLATES).get_template("landing/sitemap.xml.j2").render(addresses=addresses)
