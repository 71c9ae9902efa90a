"""What stands around the parts of the landing page: the sentence at its top, the links, how to cite."""

from __future__ import annotations

from cds_analysis.dataset.register import parts_of
from cds_analysis.measures.evidence import leading_pair
from cds_analysis.pages.landing.cards import numbered
from cds_analysis.pages.landing.record import Record
from cds_analysis.pages.landing.ways import Ways, anchor

__all__ = ["about", "chips", "cited", "headings", "links", "listed", "nothing", "sentence"]

METHODS = ("method_checks", "data_quality", "claims_check", "merger_bridge")


def sentence(record: Record, ways: Ways) -> str:
    """Say in one sentence what this is, and in one how far it can be trusted."""
    t, counts = ways.t, record.data.row_counts()
    years = [year for whole in record.wholes for year in whole.years]
    said = t.counted(
        "{n} score or rank of {provinces} provinces, {years} ({indices}), {targets} targets and {figures}"
        " figures that provinces reported.",
        "{n} scores and ranks of {provinces} provinces, {years} ({indices}), {targets} targets and {figures}"
        " figures that provinces reported.",
        counts["scores"],
        provinces=t.number(record.n_provinces),
        years=f"{min(years)}–{max(years)}" if years else "–",
        indices=", ".join(t.index_short(whole.index_id) for whole in record.scored),
        targets=t.number(counts["targets"]),
        figures=t.number(counts["observations"]),
    )
    sure = t("Every figure leads to its source; a rank says how sure it is wherever that can be computed.")
    return f"{said} {sure}"


def headings(ways: Ways) -> dict[str, str]:
    """Return the headings of the sections, by which the search finds them too."""
    t = ways.t
    return {
        "map": t("Map of the provinces"),
        "newest": t("Newest figures, and what changed"),
        "coverage": t("What there is, what is missing"),
        "data": t("Data, citation, method"),
        "explore": t("Explore"),
        "terms": t("Terms"),
        "pages": t("All pages, A–Z"),
    }


def chips(record: Record, ways: Ways) -> list[tuple[str, str]]:
    """Return examples of what can be searched: two provinces, a map, a dimension, two pages."""
    t, found = ways.t, []
    told = record.data.observations.sort("as_of", "province_id", descending=[True, False])[
        "province_id"
    ].to_list()
    leaders = record.lead.leaders if record.lead else []
    found += [(ways.to_province(p), ways.spoken(p)) for p in dict.fromkeys([*told[:1], *leaders[:1]])]
    citizens = leading_pair(record.data.indices)["citizens"]
    parts = parts_of(record.data.indices, citizens) if citizens else []
    found += [(anchor("series", part.key), numbered(part, ways)) for part in parts[-1:]]
    if record.lead:
        found.append(
            (
                f"#map-{record.lead.index_id}",
                t("{index} ranking", index=f"{t.index_short(record.lead.index_id)} {record.lead.year}"),
            )
        )
    last = [("target_gap", t("Targets")), ("merger_bridge", t("From 63 to 34 provinces"))]
    return [*found, *((ways.to_page(name), said) for name, said in last)]


def links(ways: Ways) -> dict[str, list[tuple[str, str]]]:
    """Return the links at the top, below the findings, and to the methods."""
    t = ways.t
    titles = {page.name: page.titles[t.lang] for page in ways.pages}
    return {
        "top": [
            (ways.to_page("ranking_trends"), t("Rankings")),
            (ways.to_page("target_gap"), t("Targets")),
            ("#data", t("Data")),
            ("#terms", t("Terms")),
            ("#pages", t("All pages")),
        ],
        "more": [
            ("#pages", t("Profiles A–Z")),
            (ways.to_page("claims_check"), t("Are press claims right?")),
            (ways.to_page("merger_bridge"), t("From 63 to 34 provinces")),
            ("#explore", t("Explore, download the data")),
        ],
        "methods": [(ways.to_page(name), titles[name]) for name in METHODS if name in titles],
    }


def cited(record: Record, ways: Ways) -> str:
    """Say how the dataset is cited."""
    t = ways.t
    title = t("Vietnam's provincial digital transformation: indicators, targets, rankings")
    version = t("version {version}", version=record.version)
    return f"The cds-analysis authors. {title}, {version}."


def about(record: Record, ways: Ways, package: str) -> str:
    """Say at the foot of the page what it was made from."""
    t = ways.t
    return t(
        "Figures up to {day}; data {version}; cds-analysis {package}. Opens without a network.",
        day=t.date(record.data.judged_on),
        version=record.version,
        package=package,
    )


def listed(ways: Ways) -> str:
    """Say how many pages the list holds."""
    return ways.t.counted("Open the list of {n} page", "Open the list of {n} pages", len(ways.reports))


def nothing(record: Record, ways: Ways, n_pages: int) -> str:
    """Say what there is when nothing has the name that was asked for; ``{q}`` stays for the page to
    fill in.
    """
    t, data = ways.t, record.data
    whole = data.indices["dimension_id"].eq("overall").sum()
    said = t(
        "There are {provinces} provinces, {indices} indices and rankings, {dimensions} dimensions,"
        " {indicators} indicators and {pages} pages.",
        provinces=t.number(record.n_provinces),
        indices=t.number(whole),
        dimensions=t.number(data.indices.height - whole),
        indicators=t.number(data.indicators.height),
        pages=t.number(n_pages),
    )
    examples = " · ".join(name for _, name in chips(record, ways)[:3])
    return t("Nothing is called “{q}” here.", q="{q}") + f" {said} " + t("Try: {names}.", names=examples)
