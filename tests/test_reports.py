import base64
import hashlib
import html
import io
import json
import re
import shutil
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.reports.batch import run
from cds_analysis.reports.catalogue import find_notebook, notebooks
from cds_analysis.reports.fingerprint import checksum_of_code, versions
from cds_analysis.reports.output_folder import OutputFolder
from cds_analysis.reports.plan import plan
from cds_analysis.views.interactive import scripts
from cds_analysis.views.text import Text

PROJECT = Path(__file__).parent.parent / "pyproject.toml"


class Page(HTMLParser):
    """What a page loads, links to, and how its pictures are described."""

    def __init__(self, text):
        super().__init__()
        self.loads, self.links, self.images, self.downloads, self.lang, self.ids = [], [], [], {}, None, set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "html":
            self.lang = a.get("lang")
        if tag == "img" or (tag == "svg" and a.get("role") == "img"):
            self.images.append({"alt": a.get("aria-label"), **a})
        if tag == "a":
            self.links.append(a.get("href", ""))
            if "download" in a:
                self.downloads.setdefault(a["download"], []).append(a["href"])
        elif tag != "base" and a.get("rel") != "alternate":
            self.loads += [a[k] for k in ("src", "href", "srcset", "poster", "data", "action") if a.get(k)]
        if "id" in a:
            self.ids.add(a["id"])


def pages(made):
    out, tasks, _ = made
    return {t.key: ((out / t.path).read_text(encoding="utf-8"), t) for t in tasks}


def test_every_notebook_runs_in_both_languages(made):
    _, tasks, results = made
    assert [(r.key, r.error) for r in results if r.status != "made"] == []
    assert {(t.notebook, t.lang) for t in tasks} == {(n, lang) for n in notebooks() for lang in ("vi", "en")}


def test_a_report_loads_nothing_from_outside(made):
    for text, _ in pages(made).values():
        page = Page(text)
        assert all(address.startswith("data:") for address in page.loads)
        without_scripts = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
        assert not re.search(r"@import|url\(\s*['\"]?(?!data:)[a-z]", without_scripts)


def test_only_the_page_s_own_scripts_may_run(made):
    for text, task in pages(made).values():
        policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1))
        assert (
            policy.startswith("default-src 'none'")
            and "unsafe-eval" not in policy
            and "script-src 'unsafe" not in policy
        )
        scripts = re.findall(r'<script type="module">(.*?)</script>', text, flags=re.DOTALL)
        checksums = [
            "'sha256-" + base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() + "'" for s in scripts
        ]
        live = task.notebook in ("province_comparison", "ranking_trends")
        assert ('class="live"' in text) == live, task.key
        # Vega and the script of live charts; that of tables long enough to be searched.
        assert len(scripts) == 2 * live + (' tabled long"' in text), task.key
        assert policy.partition("script-src ")[2].split() == checksums
        types = set(re.findall(r"<script[^>]*type=\"([^\"]*)\"", text))
        assert types <= {"module", "application/json"}
        assert (
            len(
                re.findall(
                    r"<script(?![^>]*type=)",
                    re.sub(r"<script type=.module.>.*?</script>", "", text, flags=re.DOTALL),
                )
            )
            == 0
        )


def test_no_text_is_escaped_twice(made):
    for text, task in pages(made).values():
        assert not re.search(
            r"&amp;(?:#\d+|[a-z]+);", re.sub(r"<script.*?</script>|data:[^\"]*", "", text, flags=re.DOTALL)
        ), task.key


def test_every_picture_has_an_alternative_text_with_a_number_in_it(made):
    for text, task in pages(made).values():
        images = Page(text).images
        if task.notebook not in ("data_quality", "claims_check"):  # these are tables
            assert images
        assert all(len(i.get("alt", "")) > 30 for i in images), task.key


def test_a_page_speaks_one_language(made):
    words = {"vi": ["trung vị", "Nguồn:", "Tải số liệu"], "en": ["median", "Source:", "Download the numbers"]}
    for text, task in pages(made).values():
        shown = re.sub(
            r"<style>.*?</style>|<script type=.module.>.*?</script>|data:[^\"]*|<[^>]+>",
            " ",
            text,
            flags=re.DOTALL,
        )
        other = "en" if task.lang == "vi" else "vi"
        assert Page(text).lang == task.lang
        assert any(w in shown for w in words[task.lang])
        assert not any(w in shown for w in words[other]), task.key


def telling(message):
    """The longest stretch of a message without placeholders, as it reads on a page."""
    return max(re.split(r"\{\w+\}", message.replace("*", "")), key=len).strip(" .;:,()–")


def test_no_message_of_the_other_language_is_on_a_page(made):
    from cds_analysis.views.wording import translated

    pairs = [(telling(en), telling(vi)) for en, vi in translated().items()]
    wrong = {
        # A message of one or two words may stand in the title of an English source.
        "vi": [en for en, vi in pairs if len(en) >= 14 and en.count(" ") > 1 and en not in vi],
        "en": [vi for en, vi in pairs if len(vi) >= 10 and vi not in en],
    }
    assert min(len(v) for v in wrong.values()) > 200
    d = cds.load()  # titles of sources, and figures as they print them, stay in the language of the source
    columns = [d.sources["title"], d.sources["publisher"], d.observations["printed"], d.targets["printed"]]
    said_by_sources = sorted({" ".join(x.split()) for c in columns for x in c.drop_nulls()}, key=len)[::-1]
    said_by_sources = [x for x in said_by_sources if len(x) > 8]
    for text, task in pages(made).values():
        shown = re.sub(
            r"<style>.*?</style>|<script type=.module.>.*?</script>|data:[^\"]*|<[^>]+>",
            " ",
            text,
            flags=re.DOTALL,
        )
        shown = " ".join(html.unescape(shown).split())
        for quoted in said_by_sources:
            shown = shown.replace(quoted, " ")
        assert [m for m in wrong[task.lang] if m in shown] == [], task.key
        if task.lang == "vi":  # English that never went through the catalogue; addresses of sources aside
            words = re.sub(r"\S*[-/.]\S*", " ", shown)
            assert re.findall(r"\b(?:the|with|from|which|that|are)\b", words) == [], task.key


def test_no_code_no_error_and_no_warning_is_shown(made):
    for text, _ in pages(made).values():
        for sign in ("Traceback", "Warning:", "import polars", 'class="input"', "In [", "nbsp;["):
            assert sign not in text


def test_links_within_a_page_and_between_pages_lead_somewhere(made):
    out, _, _ = made
    known = {}
    for text, task in pages(made).values():
        page = Page(text)
        for link in page.links:
            if link.startswith("#"):
                assert link[1:] in page.ids
            elif not link.startswith(("data:", "http")):
                path, _, fragment = link.partition("#")
                target = (out / task.path).parent.joinpath(path).resolve()
                assert target.is_file(), link
                if fragment:
                    assert fragment in known.setdefault(
                        target, Page(target.read_text(encoding="utf-8")).ids
                    ), link


def test_the_numbers_behind_a_figure_can_be_downloaded(made):
    text, _ = pages(made)["province_comparison/province_comparison.en"]
    link = Page(text).downloads["map.csv"][0]
    content = base64.b64decode(link.partition("base64,")[2])
    assert content.startswith(b"\xef\xbb\xbf")
    frame = pl.read_csv(io.BytesIO(content))
    tay_ninh = frame.filter(pl.col("province_id") == "tay-ninh")
    published = cds.load().scores.filter(
        pl.col("index_id") == "papi",
        pl.col("dimension_id") == "overall",
        pl.col("year") == 2024,
        pl.col("province_id") == "tay-ninh",
    )
    assert tay_ninh["value"].item() == published["score"].item()


BLOCK = re.compile(
    r"<figure(?:(?!<figure).)*?</figure>"
    r'|<div class="rendered_html">(?:(?!<div class="rendered_html">).)*?<p class="download">.*?</p>',
    re.DOTALL,
)
NAMED = {
    "vi": r"Nguồn: (?P<named>.*?)(?: và (?P<more>[\d.]+) nguồn khác trong danh mục)?\.(?= Tải số liệu|$)",
    "en": r"Source: (?P<named>.*?)(?: and (?P<more>[\d,]+) more in the list of sources)?\.(?= Download|$)",
}
# What draws on more than its own rows: standings, for one, on all figures of the series.
MORE_THAN_ROWS = {
    "standing",
    "rank_chances",
    "trends",
    "trajectory",
    "comparison",
}


def blocks_with_sources(text, lang):
    """The name of each figure's or table's numbers, these as a frame, and what its source line says."""
    for block in BLOCK.findall(text):
        link = re.search(r'download="([a-z0-9_]+)\.csv"[^>]*?href="data:[^"]*?base64,([^"]*)"', block)
        link = link or re.search(r'href="data:[^"]*?base64,([^"]*)"[^>]*?download="([a-z0-9_]+)\.csv"', block)
        if not link:
            continue
        name, content = sorted(link.groups(), key=len)
        shown = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", block)).split())
        line = re.search(NAMED[lang], shown)
        numbers = pl.read_csv(io.BytesIO(base64.b64decode(content)), infer_schema=False)
        yield name, numbers, line


def test_the_sources_printed_are_those_of_the_rows_drawn(made, data):
    titles = {
        lang: {r["source_id"]: Text(lang, data).source(r["source_id"]) for r in data.sources.to_dicts()}
        for lang in ("vi", "en")
    }
    checked = set()
    for text, task in pages(made).values():
        if task.notebook == "province_profile":
            continue
        for name, numbers, line in blocks_with_sources(text, task.lang):
            columns = [c for c in numbers.columns if c.endswith(("source_id", "source_ids"))]
            if not columns or name in MORE_THAN_ROWS or line is None:
                continue
            ids = {i for c in columns for v in numbers[c].drop_nulls() for i in re.split(r"[;|,]\s*", v) if i}
            of = titles[task.lang]
            known = {"".join(of[i].split()) for i in ids}
            said = "".join(line["named"].split())
            more = int(re.sub(r"\D", "", line["more"] or "0"))
            first = [k for k in known if k in said]
            left = said
            for k in sorted(first, key=len, reverse=True):
                left = left.replace(k, "")
            assert left.strip(";") == "", (task.key, name, left)  # nothing else is named
            assert more + min(len(ids), 3) == len(ids), (task.key, name, more, len(ids))
            checked.add((task.notebook, name))
    assert len(checked) > 12, checked


def test_a_profile_of_a_withheld_province_says_so(made):
    text, _ = pages(made)["province_profile/vinh-phuc.en"]
    assert re.search(r"<h1>Vĩnh Phúc: <a [^>]*>not in PAPI 2024</a>", text)
    said = re.sub(r"<[^>]+>", "", text)
    assert "PAPI 2024 has no result of the province: it is missing, not last;" in said


@pytest.mark.parametrize("name", ["index.html", "index.en.html"])
def test_the_landing_page_leads_to_every_report(made, name):
    out, tasks, _ = made
    page = Page((out / name).read_text(encoding="utf-8"))
    assert {t.path for t in tasks} <= set(page.links)
    assert all(a.startswith("data:") for a in page.loads)


def test_the_manifest_tells_how_each_report_was_made(made):
    out, tasks, _ = made
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["reports"]) == {t.key for t in tasks}
    entry = manifest["reports"]["province_profile/vinh-phuc.vi"]
    assert (
        entry["status"] == "made" and entry["seconds"] > 0 and entry["parameters"]["province"] == "vinh-phuc"
    )
    assert "polars" in manifest["versions"]


def test_nothing_temporary_is_left(made):
    out, _, _ = made
    assert not list(out.rglob("*.tmp")) and not list(out.rglob(".*"))


def test_a_second_run_makes_only_what_is_missing_or_changed(made, data, tmp_path):
    _, tasks, _ = made
    out = shutil.copytree(made[0], tmp_path / "out")
    few = [t for t in tasks if t.notebook == "province_profile"]
    spoilt, gone = out / few[0].path, out / few[1].path
    spoilt.write_text("spoilt", encoding="utf-8")
    gone.unlink()
    status = {r.key: r.status for r in run(few, out, data=data, jobs=2)}
    assert status == {few[0].key: "made", few[1].key: "made", **{t.key: "unchanged" for t in few[2:]}}


def test_changed_data_changes_the_fingerprint(folder, data):
    profile = [find_notebook("province_profile")]
    chosen = {"provinces": ["ba-ria-vung-tau"], "langs": ["vi"]}
    before = plan(profile, data, **chosen)[0].fingerprint
    file = folder / "observations.csv"
    text = file.read_text(encoding="utf-8").replace("84.02", "84.03").replace("84,02", "84,03")
    file.write_text(text, encoding="utf-8")
    assert plan(profile, cds.load(folder), **chosen)[0].fingerprint != before
    assert plan(profile, data, **chosen)[0].fingerprint == before


def one(write_notebook, data, name, *cells):
    folder = write_notebook(name, *cells)
    return plan([find_notebook(name.split("_", 1)[1], folder)], data, langs=["en"])


def test_a_notebook_that_raises_leaves_no_report_and_the_others_go_on(write_notebook, data, tmp_path):
    tasks = one(write_notebook, data, "10_broken", "x = 1", "1 / 0") + one(
        write_notebook, data, "11_fine", "print('all is well')"
    )
    out = tmp_path / "out"
    broken, fine = run(tasks, out, data=data, jobs=2)
    assert (broken.status, fine.status) == ("failed", "made")
    assert "ZeroDivisionError" in broken.error and broken.cell == 6 and "1 / 0" in broken.traceback
    assert {p.name for p in out.rglob("*.html")} == {"fine.en.html", "index.html", "index.en.html"}
    kept = nbformat.read(out / "failed" / "broken" / "broken.en.ipynb", as_version=4)
    assert "ZeroDivisionError" in json.dumps(kept)
    assert "ZeroDivisionError" in (out / "index.html").read_text(encoding="utf-8")
    assert "all is well" in (out / tasks[1].path).read_text(encoding="utf-8")


def test_an_earlier_report_that_now_fails_is_set_aside_not_lost(write_notebook, data, tmp_path):
    out = tmp_path / "out"
    run(one(write_notebook, data, "10_once", "print('first')"), out, data=data)
    assert (out / "once" / "once.en.html").is_file()
    run(one(write_notebook, data, "10_once", "raise SystemError('second')"), out, data=data)
    assert not (out / "once" / "once.en.html").exists()
    assert "first" in (out / "failed" / "once" / "once.en.earlier.html.txt").read_text(encoding="utf-8")


def test_a_kernel_that_dies_costs_only_its_own_report(write_notebook, data, tmp_path):
    tasks = one(write_notebook, data, "10_dies", "import os", "os._exit(3)") + one(
        write_notebook, data, "11_fine", "print('well')"
    )
    dies, fine = run(tasks, tmp_path / "out", data=data, jobs=2, engine="pool")
    assert (dies.status, fine.status) == ("failed", "made")
    assert "Kernel died" in dies.error or "DeadKernel" in dies.error


KILL_WORKER = """import os, signal
parent = os.getppid()
os.kill(parent, signal.SIGKILL)"""


def test_a_worker_that_is_killed_costs_only_the_report_that_kills_it(write_notebook, data, tmp_path):
    tasks = one(write_notebook, data, "10_killer", KILL_WORKER)
    tasks += one(write_notebook, data, "11_slow", "import time", "time.sleep(4)", "print('well')")
    killer, slow = run(tasks, tmp_path / "out", data=data, jobs=2, engine="pool")
    assert (killer.status, slow.status) == ("failed", "made")
    assert "died" in killer.error


@pytest.mark.parametrize("below", ["a-file/out", "/proc/cds-out"])
def test_an_output_folder_that_cannot_be_written_is_refused_first(tmp_path, data, below):
    (tmp_path / "a-file").write_text("not a folder")
    with pytest.raises(cds.CdsError, match="cannot write into the output folder"):
        run([], tmp_path / below, data=data)
    assert (tmp_path / "a-file").read_text() == "not a folder"


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    folder = OutputFolder(tmp_path)
    with folder.held():
        folder.write("page.html", b"old")
        with pytest.raises(TypeError):
            folder.write("page.html", "not bytes")
    assert (tmp_path / "page.html").read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]


def test_the_checksum_of_the_code_sees_names_and_contents(tmp_path):
    (tmp_path / "a.py").write_text("1")
    first = checksum_of_code(tmp_path)
    (tmp_path / "a.py").write_text("2")
    second = checksum_of_code(tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, checksum_of_code(tmp_path)}) == 3


PAGE_FILES = [
    "pages/templates/live.js",
    "pages/templates/landing.js",
    "pages/templates/landing/page.html.j2",
    "views/interactive/draw.js",
    "pages/templates/report.html.j2",
    "pages/templates/cds/index.html.j2",
    "pages/templates/cds/conf.json",
    "pages/templates/style.css",
    "views/locale/vi.po",
    "measures/ranks.py",
]


@pytest.mark.parametrize("file", PAGE_FILES)
def test_what_is_in_a_page_is_in_its_fingerprint(tmp_path, file):
    package = shutil.copytree(
        Path(cds.__file__).parent, tmp_path / "package", ignore=shutil.ignore_patterns("__pycache__")
    )
    before = checksum_of_code(package)
    assert before == checksum_of_code()
    with (package / file).open("a", encoding="utf-8") as changed:
        changed.write("\n")
    assert checksum_of_code(package) != before


def test_every_library_that_draws_or_words_is_in_the_fingerprint():
    declared = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.split(r"[>=<]", d)[0] for d in declared}
    apart = {
        "anywidget",
        "click",
        "filelock",
        "jupyterlab",
        "openpyxl",
        "platformdirs",
        "psutil",
        "threadpoolctl",
        "tqdm",
        "traitlets",
    }
    apart |= {
        "lxml",
        "lxml-html-clean",
        "pypdf",
        "python-calamine",
        "python-docx",
        "trafilatura",
    }  # of the intake
    assert names - apart <= set(versions()) and "absent" not in versions().values()


@pytest.mark.parametrize(
    "given, words",
    [
        ({"provinse": "x"}, "did you mean 'province'"),
        ({"province": "Lang Sonn"}, "did you mean 'Lạng Sơn'"),
        ({"as_of": "30/06/2024"}, "a date like 2024-06-30"),
        ({"lang": "fr"}, "lang must be"),
    ],
)
def test_parameters_of_a_profile_are_checked(data, given, words):
    with pytest.raises(cds.CdsError, match=re.escape(words)):
        find_notebook("province_profile").checked(given, data)


@pytest.mark.parametrize(
    "given, words",
    [
        ({"index": "papy"}, "did you mean 'papi'"),
        ({"dimension": "e_goverment"}, "e_governance"),
        ({"year_from": "soon"}, "must be a whole number"),
        ({"year_from": "2024"}, "year_from must be before year_to"),
        ({"year_to": "12"}, "must be a year"),
        ({"provinces": "lang-son, nowhere"}, "unknown province 'nowhere'"),
    ],
)
def test_parameters_of_the_trends_are_checked(data, given, words):
    with pytest.raises(cds.CdsError, match=re.escape(words)):
        find_notebook("ranking_trends").checked(given, data)


@pytest.mark.parametrize(
    "notebook, given, words",
    [
        ("ranking_trends", {"interviews": "-1"}, "interviews must be a whole number at least 0"),
        ("ranking_trends", {"interviews": "nan"}, "interviews must be a whole number, not 'nan'"),
        ("ranking_trends", {"interviews": "1e3"}, "interviews must be a whole number"),
        ("ranking_trends", {"interviews": "9" * 5000}, "interviews must be a whole number"),
        (
            "ranking_trends",
            {"design_effect": "0"},
            "design_effect must be a number at most 1,000 and above 0",
        ),
        ("ranking_trends", {"design_effect": "-2"}, "above 0, not -2"),
        ("ranking_trends", {"design_effect": "nan"}, "above 0, not nan"),
        ("ranking_trends", {"design_effect": "inf"}, "above 0, not inf"),
        ("method_checks", {"draws": "0"}, "draws must be a whole number at least 1"),
        ("method_checks", {"draws": "-5"}, "at least 1"),
        ("method_checks", {"draws": True}, "draws must be a whole number"),
        ("method_checks", {"seed": "0"}, "seed must be a whole number at least 1"),
        ("method_checks", {"seed": "-1"}, "at least 1"),
        ("method_checks", {"seed": "99999999999"}, "at most 4,294,967,295"),
        ("province_comparison", {"year": "-2024"}, "must be a year"),
        ("province_comparison", {"units": "35"}, "units must be '63'"),
        ("merger_bridge", {"dimension": "nothing"}, "unknown dimension of dti"),
    ],
)
def test_values_out_of_their_range_are_refused(data, notebook, given, words):
    with pytest.raises(cds.CdsError, match=re.escape(words)):
        find_notebook(notebook).checked(given, data)


def test_legal_ends_of_the_ranges_are_taken(data):
    given = {"interviews": "0", "design_effect": "0.5"}
    assert find_notebook("ranking_trends").checked(given, data) == {"interviews": 0, "design_effect": 0.5}
    assert find_notebook("method_checks").checked({"draws": 1, "seed": 1}, data) == {"draws": 1, "seed": 1}


def test_every_parameter_of_a_notebook_is_declared():
    for notebook in notebooks().values():
        for parameter in notebook.parameters.values():
            assert parameter.kind or parameter.bounds, (notebook.name, parameter.name)
            if parameter.type in (int, float) and parameter.kind != "year":
                assert {"min", "above"} & set(parameter.bounds), parameter


@pytest.mark.parametrize(
    "kinds",
    [
        {"nobody": {"kind": "day"}},
        {"lang": {"kind": "tongue"}},
        {"lang": {"kind": "language", "most": 3}},
        {"lang": {"kind": "year", "of": "nobody"}},
    ],
)
def test_a_declaration_that_cannot_be_is_refused(write_notebook, kinds):
    folder = write_notebook("10_odd", "1", kinds=kinds)
    with pytest.raises(cds.CdsError, match="declares a parameter that cannot be"):
        notebooks(folder)


def test_a_parameter_is_what_it_is_declared_not_what_it_is_called(write_notebook, data, tmp_path):
    lines = ["ngon_ngu: str = 'vi'  # language", "noi: str = 'hue'  # place", "ngay: str = ''  # day"]
    kinds = {"ngon_ngu": {"kind": "language"}, "noi": {"kind": "province"}, "ngay": {"kind": "day"}}
    folder = write_notebook("10_own", "print(noi, ngay, ngon_ngu)", parameters="\n".join(lines), kinds=kinds)
    own = [find_notebook("own", folder)]
    options = {"provinces": ["ha-noi"], "langs": ["en"], "settings": {"ngay": "2024-06-30"}}
    (task,) = plan(own, data, data_dir=tmp_path, **options)
    assert task.parameters == {"ngon_ngu": "en", "noi": "ha-noi", "ngay": "2024-06-30"}
    assert task.key == "own/ha-noi.ngay-2024-06-30.en" and task.subjects == ["ha-noi"]
    with pytest.raises(cds.CdsError, match="a date like 2024-06-30"):
        plan(own, data, settings={"ngay": "June"})
    with pytest.raises(cds.CdsError, match="noi is not set with --set; use --province instead"):
        plan(own, data, settings={"noi": "hue"})


def test_parameters_are_typed_and_provinces_become_ids(data):
    values = find_notebook("03_ranking_trends").checked({"year_from": "2021", "provinces": "BR-VT,Huế"}, data)
    assert values == {"year_from": 2021, "provinces": ["ba-ria-vung-tau", "thua-thien-hue"]}


def test_an_unknown_notebook_suggests_the_one_meant():
    with pytest.raises(cds.UnknownNameError, match="did you mean 'province_profile'"):
        find_notebook("provinc_profile")


def test_a_bundle_made_in_another_process_is_taken_over(monkeypatch):
    monkeypatch.setattr(scripts, "_made", [])
    scripts.finish(subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"], stdout=subprocess.PIPE))
    assert scripts._made == []  # each process then makes its own
    scripts.finish(scripts.begin())
    monkeypatch.setitem(sys.modules, "vl_convert", None)  # not needed any more
    assert "vegaEmbed" in scripts.vega()
