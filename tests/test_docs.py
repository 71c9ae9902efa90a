"""The documentation does what it says: its code runs, prints what stands below it, and its commands and links
are there.
"""

import csv
import re
import shlex
from pathlib import Path

import pytest
from index_pages import index_page
from page_code import blocks, commands, pictures, run

import cds_analysis as cds
from cds_analysis.cli.main import main
from cds_analysis.dataset.register import find_series

ROOT = Path(__file__).parent.parent

PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])
WITH_CODE = [p for p in PAGES if any(b.language == "python" for b in blocks(p.read_text("utf-8")))]


def name(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", WITH_CODE, ids=name)
def test_the_code_of_a_page_runs_and_prints_what_the_page_says(page, tmp_path):
    text = page.read_text("utf-8")
    assert run(page, tmp_path) == sum(b.language == "python" for b in blocks(text)) > 0
    for picture in pictures(text):
        assert (page.parent / picture).is_file() or (tmp_path / picture).stat().st_size > 1000, picture


def test_the_ten_analyses_write_their_files(tmp_path):
    assert run(ROOT / "docs/ten-analyses.md", tmp_path) == 11
    assert sorted(p.name for p in tmp_path.iterdir()) == ["dti-2024-34.xlsx", "dti-2024.xlsx", "par.png"]
    assert (tmp_path / "par.png").read_bytes().startswith(b"\x89PNG")


def test_a_page_that_prints_something_else_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nx = 1\n```\n\n```python\nprint(x + 1)\n```\n\n```text\n2\n```\n", "utf-8")
    assert run(page, tmp_path) == 2
    page.write_text("```python\nprint(1)\n```\n\n```text\n2\n```\n", "utf-8")
    with pytest.raises(AssertionError, match="the page says"):
        run(page, tmp_path)


COMMANDS = [(name(p), c) for p in PAGES for c in commands(p.read_text("utf-8"))]


@pytest.mark.parametrize("page, line", COMMANDS, ids=[f"{p}: {c[:50]}" for p, c in COMMANDS])
def test_a_command_of_a_page_is_one_that_there_is(page, line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = [w for w in shlex.split(line) if w != "..."][1:]
    for word in words:
        if re.search(r"\.(csv|pdf|html|xlsx|txt)$", word):
            (tmp_path / word).touch()
    group = main.make_context("cds", list(words), resilient_parsing=True)
    _, command, rest = main.resolve_command(group, list(words))
    command.make_context(command.name, rest, parent=group)


LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_link_of_a_page_leads_to_a_file(page):
    for link in LINK.findall(re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)):
        file = link.split("#")[0]
        if not file or re.match(r"[a-z]+:", file) or "indices/" in file:  # the last are made at build
            continue
        assert (page.parent / file).exists() or file in BUILT_ONLY, f"{name(page)}: {link}"


BUILT_ONLY = {  # pages that the build brings into docs/ from elsewhere in the repository
    f"{up}{page}"
    for up in ("", "../")
    for page in ("data-dictionary.md", "contributing.md", "security.md", "changelog.md", "readme.md")
}


def test_both_readmes_say_the_same_to_their_readers():
    english, vietnamese = ((ROOT / f).read_text("utf-8") for f in ("README.md", "README.vi.md"))
    for text in (english, vietnamese):
        assert "python -m pip install . && cds report\n" in text
        assert 'python -m pip install -e ".[dev]" && pytest\n' in text
        assert len(re.findall(r"^### [123]\.", text, re.MULTILINE)) == 3
        assert len(pictures(text)) == 3
    assert len(vietnamese) > 0.9 * len(english)
    assert [p.replace(".en.", ".vi.") for p in pictures(english)] == pictures(vietnamese)


@pytest.mark.parametrize("readme", ["README.md", "README.vi.md"])
def test_the_pictures_of_a_readme_are_small_and_say_what_its_code_draws(readme, tmp_path):
    run(ROOT / readme, tmp_path)
    words = re.compile(r"<text[^>]*>([^<]+)</text>")
    drawn = sorted(words.findall(p.read_text("utf-8")) for p in tmp_path.glob("*.svg"))
    kept = [(ROOT / p).read_text("utf-8") for p in pictures((ROOT / readme).read_text("utf-8"))]
    assert max(len(svg.encode()) for svg in kept) < 60_000
    assert sorted(map(words.findall, kept)) == drawn and all(len(w) > 10 for w in drawn)


def test_every_public_name_is_in_the_reference():
    listed = set(re.findall(r"^   (\w+)$", (ROOT / "docs/api.md").read_text("utf-8"), re.MULTILINE))
    assert listed == set(cds.__all__) - {"__version__"}


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_the_page_of_an_index_names_the_provinces_that_the_table_lacks(lang):
    study = cds.open(lang=lang)
    page = index_page(study, find_series("papi/overall", study.data.indices))
    row = next(line for line in page.splitlines() if line.startswith("| 2024 |"))
    named = {cds.find_province(n) for n in row.split("|")[4].split(",")}
    with (ROOT / "data/scores/papi.csv").open(encoding="utf-8") as file:
        there = {
            r["province_id"]
            for r in csv.DictReader(file)
            if (r["dimension_id"], r["year"]) == ("overall", "2024") and r["score"]
        }
    assert len(named) == 2 and len(there) == 61 and not named & there
