"""What the search of the landing page finds: provinces, regions, indices, dimensions, indicators and pages,
by their names in both languages, their short names and codes, and the words that people use for them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from cds_analysis.dataset.register import Series, series_of
from cds_analysis.pages.landing.cards import numbered, standings
from cds_analysis.pages.landing.record import Record
from cds_analysis.pages.landing.ways import Ways, anchor

__all__ = ["SECTIONS", "SYNONYMS", "entries", "folded"]

# What people type for a page, in either language; the notebook's own heading is added.
SYNONYMS = {
    "data_quality": (
        "chất lượng dữ liệu;thiếu số liệu;gián đoạn;nguồn;data quality;missing data;breaks;coverage;sources"
    ),
    "province_comparison": (
        "so sánh;so sánh các tỉnh;trung vị;vùng;tương đồng;compare;comparison;median;peers;regions"
    ),
    "target_gap": (
        "mục tiêu;chỉ tiêu;khoảng cách;tiến độ;kế hoạch;target;targets;gap;goals;progress;pace;plan"
    ),
    "ranking_trends": (
        "xếp hạng;thứ hạng;bảng xếp hạng;tăng hạng;giảm hạng;xu hướng;vị"
        " thứ;ranking;rankings;rank;trend;league table"
    ),
    "province_profile": "hồ sơ;hồ sơ tỉnh;hồ sơ 63 tỉnh;profile;province profile;provinces a-z",
    "claims_check": "kiểm chứng;phát biểu;báo chí;bài báo;tin đồn;claims;fact check;press;articles;news",
    "merger_bridge": (
        "sáp nhập;34 tỉnh;34 đơn vị;sau sắp xếp;quy đổi;hợp nhất;merger;merged;34 units;34 provinces;bridge"
    ),
    "method_checks": (
        "phương pháp;cách tính;kiểm định;mô phỏng;sai"
        " số;method;methods;methodology;simulation;error;uncertainty"
    ),
}
# Sections of the landing page itself.
SECTIONS = {
    "map": "bản đồ;bản đồ 63 tỉnh;map;tile map",
    "newest": "mới nhất;số liệu mới;thay đổi;newest;latest;what changed;new",
    "coverage": "có gì thiếu gì;độ phủ;năm nào;coverage;years;what is missing",
    "data": (
        "tải dữ liệu;dữ liệu;tải về;excel;csv;trích dẫn;giấy"
        " phép;download;data;export;cite;citation;licence;license"
    ),
    "pages": "danh mục;các trang;báo cáo;a-z;pages;reports;list",
    "explore": "khám phá;jupyter;tự khám phá;explorer;explore;jupyterlab;notebook;python",
}


def folded(text: str) -> str:
    """Return the words of a text in lower case without accents, apart by one space; a point within a number
    stays.

    Examples
    --------
    >>> folded("TP. Hồ Chí Minh"), folded("PAPI 6.1: Cung ứng dịch vụ công")
    ('tp ho chi minh', 'papi 6.1 cung ung dich vu cong')
    """
    parts = unicodedata.normalize("NFKD", text).replace("đ", "d").replace("Đ", "D").casefold()
    plain = "".join(c for c in parts if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+(?:\.[0-9]+)*", plain))


def _names(*texts: str | None) -> str:
    """Return names as the page searches them, each once."""
    known = (folded(one) for text in texts for one in (text or "").split(";"))
    return "|".join(dict.fromkeys(filter(None, known)))


def entries(record: Record, ways: Ways, sections: dict[str, str]) -> list[list[str]]:
    """Return a row for each thing that can be found: its kind, what it is called, a hint, where it leads, and
    its names.

    `sections` are the headings of the sections of the page. Of equally good hits the first is shown first.
    """
    found = [*_pages(ways, sections), *_series(record, ways), *_provinces(record, ways)]
    return [*found, *_regions(record, ways), *_indicators(record, ways)]


def _pages(ways: Ways, sections: dict[str, str]) -> Iterable[list[str]]:
    t = ways.t
    for page in ways.pages:
        names = _names(SYNONYMS.get(page.name, ""), page.name.replace("_", " "), *page.titles.values())
        hint = "" if ways.page(page.name) else t("not made yet")
        yield [t("Page"), page.titles[t.lang], hint, ways.to_page(page.name), names]
    for name, heading in sections.items():
        yield [t("On this page"), heading, "", f"#{name}", _names(SECTIONS.get(name, ""), heading)]


def _spellings(series: Series, whole: Series) -> list[str]:
    """Return what an index or dimension is called: alone, and after the short name of its index."""
    heads = list(dict.fromkeys((whole.index_id.replace("_", " "), whole.short_vi, whole.short_en)))
    names = [series.name_vi, series.name_en]
    if series.is_whole:
        return [*heads, *names]
    tails = [tail for tail in (series.number, series.code, *names) if tail]
    return [*names, *(f"{head} {tail}" for head in heads for tail in tails)]


def _series(record: Record, ways: Ways) -> Iterable[list[str]]:
    t, known = ways.t, series_of(record.data.indices)
    rows = record.data.indices.select("index_id", "dimension_id", "keywords").iter_rows()
    keywords = {f"{index}/{dimension}": words for index, dimension, words in rows}
    whole = {s.index_id: s for s in known if s.is_whole}
    for s in sorted(known, key=lambda s: (not s.is_whole, (s.number or "").count("."), s.position)):
        names = _names(*_spellings(s, whole.get(s.index_id, s)), keywords.get(s.key, ""))
        kind = t("Index") if s.is_whole else t("Dimension")
        yield [kind, numbered(s, ways), "", anchor("series", s.key), names]


def _provinces(record: Record, ways: Ways) -> Iterable[list[str]]:
    t = ways.t
    rows = {row["province_id"]: row for row in record.data.provinces.iter_rows(named=True)}
    for province in ways.provinces:
        row = rows[province]
        hint = " · ".join(standings(province, record, ways)[:2])
        names = _names(row["name_vi"], row["name_en"], row["aliases"], row["iso_code"])
        kind = t("City") if row["kind"] == "municipality" else t("Province")
        yield [kind, ways.name(province), hint, ways.to_province(province), names]


def _regions(record: Record, ways: Ways) -> Iterable[list[str]]:
    for row in record.data.regions.iter_rows(named=True):
        names = _names(row["name_vi"], row["name_en"])
        yield [ways.t("Region"), row[f"name_{ways.t.lang}"], "", anchor("region", row["region_id"]), names]


def _indicators(record: Record, ways: Ways) -> Iterable[list[str]]:
    t = ways.t
    for row in record.data.indicators.iter_rows(named=True):
        names = _names(row["name_vi"], row["name_en"], row["keywords"])
        yield [t("Indicator"), row[f"name_{t.lang}"], "", anchor("indicator", row["indicator_id"]), names]
