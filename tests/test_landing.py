"""The landing page: what it says equals the data, its map and links lead somewhere, its search finds what
people type. Counts come from the CSV files by the csv module, ranks and correlations from scipy.
"""

import base64
import csv
import dataclasses
import hashlib
import html
import json
import re
import shlex
from collections import Counter

import pytest
from browsers import axe_violations, needs_chromium
from scipy import stats

from cds_analysis.pages.landing.record import Record
from cds_analysis.pages.landing.search import SYNONYMS
from cds_analysis.pages.site import LANDING, render_landing
from cds_analysis.paths import data_folder
from cds_analysis.reports.catalogue import notebooks
from cds_analysis.reports.index import landing_pages
from cds_analysis.reports.plan import plan
from cds_analysis.views.text import Text

MADE = ("lang-son", "da-nang")  # profiles that are there
NOT_MADE = "merger_bridge"


def rows(name):
    files = (
        [data_folder() / f"{name}.csv"] if name != "scores" else sorted((data_folder() / name).glob("*.csv"))
    )
    return [row for f in files for row in csv.DictReader(f.open(encoding="utf-8", newline=""))]


def whole(index, year):
    return [
        r
        for r in rows("scores")
        if (r["index_id"], r["dimension_id"], r["year"]) == (index, "overall", str(year))
    ]


@pytest.fixture(scope="module")
def manifest(data):
    """Entries as a batch leaves them: every report but one, profiles of two provinces."""
    tasks = plan([n for n in notebooks().values() if n.name != NOT_MADE], data, provinces=list(MADE))
    tasks = [
        t
        for t in tasks
        if t.notebook == "province_profile" or t.stem == t.notebook or t.stem == "_".join(MADE)
    ]
    kept = ("notebook", "stem", "lang", "notebook_title", "name", "number", "provinces")
    return {
        t.key: {
            **{k: getattr(t, k) for k in kept},
            "path": t.path,
            "status": "made",
            "error": "",
            "cell": None,
        }
        for t in tasks
    }


@pytest.fixture(scope="module")
def site(manifest, data, tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    for entry in manifest.values():
        (out / entry["path"]).parent.mkdir(exist_ok=True)
        (out / entry["path"]).write_text(f"<title>{entry['notebook_title']}</title>", encoding="utf-8")
    for name, page in landing_pages(manifest, data, out).items():
        (out / name).write_bytes(page)
    return out


@pytest.fixture(scope="module", params=["vi", "en"])
def lang(request):
    return request.param


@pytest.fixture(scope="module")
def source(site, lang):
    return (site / LANDING[lang]).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def found(source):
    block = source.partition('<script type="application/json" id="found">')[2].partition("</script>")[0]
    return json.loads(block)


def text_of(source):
    body = re.sub(r"<(script|style|noscript).*?</\1>", " ", source, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def tiles(source):
    pattern = (
        r'<a id="tile-([\w-]+)" class="tile (q\S+)" href="([^"]+)" style="[^"]*"'
        r' title="([^"]*)"><span>([^<]+)</span> <b>(\d*)</b>'
    )
    return [tuple(map(html.unescape, match)) for match in re.findall(pattern, source)]


# ---- what it says


def test_the_sentence_counts_what_is_on_record(source, lang, data):
    t = Text(lang)
    years = sorted({int(r["year"]) for r in rows("scores")})
    told = text_of(source).partition("?")[2]
    for number in (
        len(rows("scores")),
        len(rows("provinces")),
        len(rows("targets")),
        len(rows("observations")),
    ):
        assert re.search(rf"(?<!\d){re.escape(t.number(number))}(?!\d)", told[:400]), number
    assert f"{years[0]}–{years[-1]}" in told[:400]


def test_the_map_tells_the_published_rank_of_every_province(source):
    published = {r["province_id"]: r["rank"] for r in whole("dti", 2024)}
    assert {province: rank for province, _, _, _, _, rank in tiles(source)} == published
    assert len(published) == 63


def test_each_map_holds_the_ranks_of_its_newest_full_year(found):
    newest = {}
    for r in rows("scores"):
        if r["dimension_id"] == "overall" and r["score"]:
            newest.setdefault((r["index_id"], int(r["year"])), {})[r["province_id"]] = float(r["score"])
    full = {}
    for (index, year), scores in sorted(newest.items()):
        if len(scores) >= 50:
            full[index] = (year, scores)
    assert {m["id"]: int(m["year"]) for m in found["maps"]} == {i: y for i, (y, _) in full.items()}
    for m in found["maps"]:
        _, scores = full[m["id"]]
        by_score = dict(zip(scores, stats.rankdata([-s for s in scores.values()], method="min")))
        shown = {p: int(rank) for p, (_, rank, _) in m["tiles"].items() if rank}
        printed = {
            r["province_id"]: int(r["rank"])
            for r in whole(m["id"], m["year"])
            if r["rank_status"] == "reported"
        }
        assert shown == {p: printed.get(p, int(rank)) for p, rank in by_score.items()}
        assert sorted(p for p, (level, _, _) in m["tiles"].items() if level is None) == sorted(
            {r["province_id"] for r in rows("provinces")} - set(scores)
        )


def test_darker_is_better_and_each_class_is_a_sixth(found):
    for m in found["maps"]:
        ranked = sorted((int(rank), level) for level, rank, _ in m["tiles"].values() if rank)
        levels = [level for _, level in ranked]
        assert levels == sorted(levels) and set(levels) == set(range(6))
        most_tied = max(Counter(rank for rank, _ in ranked).values())
        sizes = Counter(levels).values()
        assert max(sizes) - min(sizes) <= 2 * most_tied


def test_the_legend_cuts_between_the_classes(found):
    for m in found["maps"]:
        scores = {r["province_id"]: float(r["score"]) for r in whole(m["id"], m["year"]) if r["score"]}
        cuts = [float(c.replace(",", ".")) for c in m["cuts"]]
        assert cuts == sorted(set(cuts)) and len(cuts) == 5
        for k, cut in zip(range(4, -1, -1), cuts):
            lowest = min(scores[p] for p, (level, _, _) in m["tiles"].items() if level == k)
            assert cut == pytest.approx(lowest, abs=0.051 if lowest > 5 else 0.0051)


def test_the_correlation_is_that_of_the_two_tables(source, lang):
    dti, papi = ({r["province_id"]: float(r["score"]) for r in whole(i, 2024)} for i in ("dti", "papi"))
    both = sorted(dti.keys() & papi.keys())
    rho = stats.spearmanr([dti[p] for p in both], [papi[p] for p in both]).statistic
    assert f"{Text(lang).number(rho, 2)} (95%" in text_of(source)
    assert re.search(rf"\b{len(both)} (tỉnh|provinces)", text_of(source))


def test_the_slope_shows_the_province_that_moved(source):
    before, now = ({r["province_id"] for r in whole("papi", y) if r["score"]} for y in (2023, 2024))
    said = text_of(source)
    assert re.search(rf"1 (trong|of) {len(before & now)}\b.*Tây Ninh", said)
    assert len(re.findall(r"<line ", source)) == len(before & now)


def test_the_squares_count_indicators_with_a_target_and_those_with_a_figure(source):
    promised = {r["indicator_id"] for r in rows("targets")}
    ranks = {(r["index_id"], r["dimension_id"]) for r in rows("scores") if r["rank"]}
    of_ranks = {
        r["indicator_id"]
        for r in rows("indicators")
        if (r["index_id"], r["dimension_id"] or "overall") in ranks
    }
    known = promised & ({r["indicator_id"] for r in rows("observations")} | of_ranks)
    squares = re.findall(r'<rect [^>]*class="(up|other)"', source)
    assert (len(squares), squares.count("up")) == (len(promised), len(known))


def test_the_strip_counts_provinces_by_index_and_year(source):
    told = {
        m[:2]: int(m[2]) for m in re.findall(r'title="([A-Z ]+) (\d{4}): (\d+) (?:tỉnh|provinces)', source)
    }
    names = {"DTI": "dti", "PAPI": "papi", "PAR INDEX": "par", "SIPAS": "sipas", "PCI": "pci"}
    counted = {}
    for r in rows("scores"):
        if r["dimension_id"] == "overall":
            for name, index in names.items():
                if r["index_id"] == index:
                    counted[name, r["year"]] = counted.get((name, r["year"]), 0) + 1
    assert told == counted


def test_a_new_definition_is_told_and_never_read_as_a_move(source, lang):
    row = re.search(r"<tr><th scope=\"row\"><a [^>]*>DTI</a>.*?</tr>", source, re.S).group()
    reason = next(
        r[f"reason_{lang}"]
        for r in rows("breaks")
        if (r["index_id"], r["dimension_id"], r["year"]) == ("dti", "overall", "2024")
    )
    assert reason in row and Text(lang)("new definition") in row
    assert not re.search(r"bậc|places", row)


def test_names_keep_their_diacritics(site):
    source = (site / LANDING["en"]).read_text(encoding="utf-8")
    shown = text_of(
        re.sub(r"<small>.*?</small>", "", source, flags=re.S)
    )  # titles of sources stay as printed
    plain = {r["name_en"] for r in rows("provinces") if r["name_en"] != r["name_vi"]}
    assert [name for name in plain if re.search(rf"\b{re.escape(name)}\b", shown)] == []
    assert "Lạng Sơn" in shown


def test_vietnamese_is_vietnamese(site):
    shown = text_of((site / LANDING["vi"]).read_text(encoding="utf-8"))
    for publisher in sorted(
        {r["publisher"] for r in rows("indices")}, key=len, reverse=True
    ):  # English in the register
        shown = shown.replace(publisher, "")
    shown = re.sub(r"\S*[-/.=]\S*", " ", shown)
    assert re.findall(r"\b(?:the|with|from|which|that|are)\b", shown) == []


# ---- where it leads


def test_every_link_leads_to_a_page_or_a_card(source, site):
    ids = set(re.findall(r'\bid="([^"]+)"', source))
    links = re.findall(r'href="([^"]+)"', source)
    assert len(links) > 150
    for link in map(html.unescape, links):
        if link.startswith("#"):
            assert link[1:] in ids, link
        elif not link.startswith(("http", "data:")):
            assert (site / link).is_file(), link


def test_every_hit_leads_to_a_page_or_a_card(found, source, site):
    ids = set(re.findall(r'\bid="([^"]+)"', source))
    for _, name, _, href, names in found["entries"]:
        assert names, name
        assert href[1:] in ids if href.startswith("#") else (site / href).is_file(), href


def test_everything_that_has_a_name_can_be_found(found):
    kinds = [entry[0] for entry in found["entries"]]
    n_named = sum(len(rows(table)) for table in ("provinces", "regions", "indices", "indicators"))
    assert len(kinds) == n_named + len(notebooks()) + 7  # and the headings of sections


def test_every_page_has_words_that_people_type():
    assert set(SYNONYMS) == set(notebooks())
    assert all(len(words.split(";")) >= 5 for words in SYNONYMS.values())


def test_a_profile_that_is_there_is_linked_and_another_has_a_card(source, lang):
    hrefs = {province: href for province, _, href, *_ in tiles(source)}
    for province in MADE:
        assert hrefs[province] == f"province_profile/{province}.{lang}.html"
    assert hrefs["cao-bang"] == "#province-cao-bang"
    card = re.search(r'<article class="card" id="province-cao-bang".*?</article>', source, re.S).group()
    rank = {r["province_id"]: r["rank"] for r in whole("dti", 2024)}["cao-bang"]
    assert re.search(rf"DTI 2024: (hạng|rank) {rank}/63", card)
    assert "cds report province_profile --province cao-bang" in card


def test_a_page_that_is_not_there_has_a_card_with_its_command(source):
    assert f'href="#page-{NOT_MADE}"' in source and f"cds report {NOT_MADE}" in source


def test_every_command_on_the_page_can_be_run(source, data):
    commands = {html.unescape(c) for c in re.findall(r"<code>(cds report [^<]+)</code>", source)}
    assert len(commands) > 80
    known = notebooks()
    for command in commands:
        _, _, name, *options = shlex.split(command)
        pairs = [
            ("province=" if flag == "--province" else "") + v for flag, v in zip(options[::2], options[1::2])
        ]
        settings = dict(pair.split("=") for pair in pairs)
        known[name].checked({**settings, known[name].named("language"): "vi"}, data)


def test_it_loads_nothing_and_runs_one_script_only(source):
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]+)"', source).group(1))
    assert policy.startswith("default-src 'none'") and "unsafe-inline'; script" in policy
    script = re.findall(r"<script>(.*?)</script>", source, re.S)
    assert len(script) == 1
    digest = re.search(r"script-src 'sha256-([^']+)'", policy).group(1)
    assert digest == base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert not re.findall(r'\bsrc="(?!data:)', source) and " on" + "click" not in source


def test_the_same_page_comes_out_each_time(manifest, data, site):
    turned = dict(reversed(manifest.items()))
    again = landing_pages(turned, data, site)
    assert {name: (site / name).read_bytes() for name in again} == again
    assert all(len(page) < 450_000 for page in again.values())


def test_without_figures_it_still_opens(data):
    empty = dataclasses.replace(
        data, **{name: getattr(data, name).clear() for name in ("scores", "observations", "targets")}
    )
    for lang in LANDING:
        page = render_landing(Record(empty), [], [], [], lang)
        assert 'class="tile' not in page.partition("</style>")[2].partition("<script")[0]
        assert "<svg" not in page and 'id="coverage"' not in page


def test_the_index_that_leads_is_the_first_of_the_register(data):
    turned = data.indices.with_columns(position=-data.indices["position"])
    other = dataclasses.replace(data, indices=turned)
    ranked = Counter(
        (r["index_id"], r["year"]) for r in rows("scores") if r["dimension_id"] == "overall" and r["rank"]
    )
    full = {index for (index, _), n in ranked.items() if n >= 50}
    order = [r["index_id"] for r in rows("indices") if r["dimension_id"] == "overall"]
    assert Record(other).lead.index_id == next(index for index in reversed(order) if index in full)


# ---- in a browser

QUERIES = [  # as typed, and what the first hit is called in Vietnamese or English
    ("target", "target_gap"),
    ("ranking", "ranking_trends"),
    ("compare", "province_comparison"),
    ("claims", "claims_check"),
    ("map", "#map"),
    ("province profile", "#pages"),
    ("PAPI", "#series-papi.overall"),
    ("DTI", "#series-dti.overall"),
    ("xếp hạng", "ranking_trends"),
    ("dịch vụ công", ""),
    ("bản đồ", "#map"),
    ("Lang Son province", "province_profile/lang-son"),
    ("tỉnh Lạng Sơn", "province_profile/lang-son"),
    ("lang son", "province_profile/lang-son"),
    ("Cao Bằng", "#province-cao-bang"),
    ("Hà Nội", "#province-ha-noi"),
    ("Hanoi", "#province-ha-noi"),
    ("TP.HCM", "#province-ho-chi-minh"),
    ("sai gon", "#province-ho-chi-minh"),
    ("BRVT", "#province-ba-ria-vung-tau"),
    ("PAPI 6", "#series-papi.public_service_delivery"),
    ("quan tri dien tu", "#series-papi.e_governance"),
    ("mục tiêu", "target_gap"),
    ("tải dữ liệu", "#data"),
    ("Lagn Son", "province_profile/lang-son"),
    ("đồng bằng sông cửu long", "#region-mekong-river-delta"),
]


@pytest.fixture
def landing(page, site):
    page.goto((site / "index.html").as_uri())
    return page


@needs_chromium
@pytest.mark.parametrize("name", list(LANDING.values()))
def test_the_search_finds_what_people_type(page, site, name):
    page.goto((site / name).as_uri())
    wrong = {}
    for typed, wanted in QUERIES:
        page.fill("#q", typed)
        shown = page.locator("#hits li").count()
        page.press("#q", "Enter")
        page.wait_for_load_state()
        if not shown or wanted not in page.url:
            wrong[typed] = page.url
        if name not in page.url:
            page.goto((site / name).as_uri())
    assert wrong == {}


@needs_chromium
def test_dich_vu_cong_offers_the_dimension_and_indicators(landing):
    landing.fill("#q", "dịch vụ công")
    shown = landing.locator("#hits li").all_inner_texts()
    assert len(shown) == 8 and any("PAPI 6" in s for s in shown) and any("trực tuyến" in s for s in shown)


@needs_chromium
def test_a_suggestion_tells_the_latest_ranks(landing):
    landing.fill("#q", "cao bang")
    rank = {r["province_id"]: r["rank"] for r in whole("dti", 2024)}["cao-bang"]
    assert f"DTI 2024: hạng {rank}/63" in landing.locator("#hits li").first.inner_text()


@needs_chromium
def test_the_keyboard_chooses_and_opens_a_hit(landing):
    landing.focus("#q")
    landing.keyboard.type("PAPI")
    landing.keyboard.press("ArrowDown")
    landing.keyboard.press("ArrowDown")
    chosen = landing.locator('#hits [aria-selected="true"]')
    assert (
        landing.locator("#q").get_attribute("aria-activedescendant") == chosen.get_attribute("id") == "hit-1"
    )
    landing.keyboard.press("Escape")
    assert not landing.locator(".drop").is_visible()
    landing.keyboard.press("ArrowUp")
    landing.keyboard.press("ArrowDown")
    landing.keyboard.press("Enter")
    assert landing.locator(".card:visible").count() == 1
    assert landing.evaluate("document.activeElement.className") == "card"


@needs_chromium
def test_a_word_that_finds_nothing_says_what_there_is(landing):
    landing.fill("#q", "zzzz <b>")
    said = landing.locator(".nothing").inner_text()
    for n in (len(rows("provinces")), len(rows("indicators")), len(notebooks())):
        assert f" {n} " in said
    assert "“zzzz <b>”" in said and "TP.HCM" in said
    assert landing.locator(".q [role=status]").text_content() == said


@needs_chromium
def test_another_index_is_drawn_on_the_same_tiles(landing):
    landing.click("#map-papi")
    assert landing.locator("#map-heading").inner_text().startswith("PAPI 2024")
    published = {r["province_id"]: float(r["score"]) for r in whole("papi", 2024) if r["score"]}
    best = max(published, key=published.get)
    assert landing.locator(f"#tile-{best} b").inner_text() == "1"
    missing = next(r["province_id"] for r in rows("provinces") if r["province_id"] not in published)
    assert "q-none" in landing.locator(f"#tile-{missing}").get_attribute("class")
    landing.goto(landing.url.partition("#")[0] + "#map-pci")
    assert landing.locator("#map-heading").inner_text().startswith("PCI 2016")


@needs_chromium
def test_a_tile_opens_the_profile_or_a_card(landing):
    landing.click("#tile-cao-bang")
    card = landing.locator("#province-cao-bang")
    assert card.is_visible() and "cds report" in card.inner_text()
    landing.locator("#province-cao-bang .close").click()
    assert not card.is_visible()
    landing.click("#tile-da-nang")
    landing.wait_for_url("**/province_profile/da-nang.vi.html")


@needs_chromium
def test_the_other_language_is_one_click_away(landing):
    landing.goto(landing.url + "#map-papi")
    landing.click(".seg a[lang=en]")
    landing.wait_for_url("**/index.en.html#map-papi")
    assert landing.locator("html").get_attribute("lang") == "en"


@needs_chromium
@pytest.mark.parametrize("theme, name", [("light", "index.html"), ("dark", "index.en.html")])
def test_axe_finds_nothing(page, site, theme, name):
    page.emulate_media(color_scheme=theme)
    page.goto((site / name).as_uri() + "#province-cao-bang")
    page.fill("#q", "papi")
    page.press("#q", "ArrowDown")
    assert axe_violations(page) == []
    page.click("#map-papi")
    for summary in page.locator("summary").all():
        summary.click()
    assert axe_violations(page) == []


@needs_chromium
@pytest.mark.parametrize("name", list(LANDING.values()))
@pytest.mark.parametrize("width", [1440, 1280, 1000, 820, 390, 340])
def test_nothing_is_wider_than_the_screen_nor_cut_off(page, site, width, name):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((site / name).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = (
        "[...document.querySelectorAll('.tile')].filter(e => e.scrollWidth > e.clientWidth + 1 ||"
        " e.scrollHeight > e.clientHeight + 1).map(e => e.innerText)"
    )
    assert page.evaluate(cut) == []


@needs_chromium
@pytest.mark.parametrize("name", list(LANDING.values()))
def test_the_first_screen_of_a_phone_shows_the_search_and_an_answer(page, site, name):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((site / name).as_uri())
    for selector in ("#q", "#map-heading", "#tile-ha-noi"):
        box = page.locator(selector).bounding_box()
        assert box["y"] + box["height"] <= 844, selector


@needs_chromium
def test_it_prints_on_a4_without_what_paper_cannot_do(landing):
    landing.emulate_media(media="print")
    landing.set_viewport_size({"width": 703, "height": 1000})
    assert landing.evaluate("document.documentElement.scrollWidth") <= 703
    assert not landing.locator("#q").is_visible() and landing.locator("#tile-ha-noi").is_visible()
    pdf = landing.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 3


@needs_chromium
def test_without_scripts_the_map_and_the_cards_still_work(browser, site):
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    assert not page.locator("#q").is_visible()
    page.click("#tile-cao-bang")
    assert page.locator("#province-cao-bang").is_visible()
    context.close()
