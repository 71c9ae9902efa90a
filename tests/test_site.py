"""``cds site``: one folder with every page, the dataset and what a web server needs, that opens from a disk
too.
"""

import hashlib
import re
import xml.etree.ElementTree as ET

import pytest
from browsers import needs_chromium
from click.testing import CliRunner

import cds_analysis as cds
from cds_analysis.cli.main import main
from cds_analysis.pages.site import LANDING
from cds_analysis.reports import site as site_module
from cds_analysis.reports.catalogue import notebooks
from cds_analysis.reports.index import landing_pages
from cds_analysis.reports.output_folder import OutputFolder
from cds_analysis.reports.plan import plan
from cds_analysis.reports.site import checked_address, write_around, write_dataset

ADDRESS = "https://name.github.io/repository/"


@pytest.fixture(scope="module")
def folder(data, tmp_path_factory):
    """A site whose reports are stand-ins, so that only what is around them is made."""
    out = tmp_path_factory.mktemp("whole") / "site"
    tasks = plan([n for n in notebooks().values() if n.is_profile], data, provinces=["lang-son", "da-nang"])
    kept = ("notebook", "stem", "lang", "notebook_title", "name", "number", "provinces", "fingerprint")
    entries = {
        t.key: (
            {**{k: getattr(t, k) for k in kept}, "path": t.path}
            | {"status": "made", "error": "", "cell": None, "output": {}}
        )
        for t in tasks
    }
    write_dataset(data, out)
    folder = OutputFolder(out)
    with folder.held():
        for entry in entries.values():
            folder.write(entry["path"], f"<title>{entry['name']}</title>".encode())
        folder.finish({"reports": entries}, landing_pages(entries, data, out))
    write_around(out, ADDRESS)
    return out


def test_the_dataset_is_there_and_whole(folder):
    sums = (folder / "dataset" / "SHA256SUMS").read_text("utf-8").split("\n")[:-1]
    assert len(sums) > 30
    for line in sums:
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((folder / "dataset" / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("name", list(LANDING.values()))
def test_the_landing_page_offers_the_workbooks(folder, name):
    links = re.findall(r'href="(dataset/[^"]+)"', (folder / name).read_text("utf-8"))
    assert len([link for link in links if link.endswith(".xlsx")]) == 2
    assert all((folder / link).is_file() for link in links)


def test_search_engines_are_told_every_page_by_its_address(folder):
    root = ET.fromstring((folder / "sitemap.xml").read_text("utf-8"))
    listed = [loc.text for loc in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*.html")} - {"404.html"}
    assert {ADDRESS + path for path in there} == set(listed) and len(listed) == 6
    assert f"Sitemap: {ADDRESS}sitemap.xml" in (folder / "robots.txt").read_text("utf-8")


def test_without_an_address_no_host_is_named(folder, data, tmp_path):
    write_around(tmp_path, "")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".nojekyll", "404.html", "robots.txt"]
    assert "http" not in (tmp_path / "robots.txt").read_text("utf-8")
    page = (tmp_path / "404.html").read_text("utf-8").partition("</style>")[2]
    assert re.findall(r'href="([^"]+)"', page) == ["index.html", "index.en.html"]


@pytest.mark.parametrize("wrong", ["name.github.io", "ftp://x.vn/", "https://x.vn/?a", "https:///x"])
def test_an_address_that_is_none_is_refused(wrong):
    with pytest.raises(cds.CdsError, match="--address takes an address"):
        checked_address(wrong)


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    result = CliRunner().invoke(main, ["site", str(tmp_path)])
    assert result.exit_code == 2 and "give the name of a new folder" in result.output
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_the_command_makes_every_report_in_both_languages_and_every_profile(monkeypatch, data, tmp_path):
    asked = []

    def made(ctx, tasks, out, **options):
        asked.extend(tasks)
        return []

    monkeypatch.setattr("cds_analysis.cli.site.made", made)
    monkeypatch.setattr("cds_analysis.running.forked.start_server", lambda *a: None)
    monkeypatch.setattr(site_module, "write_dataset", lambda *a: None)
    out = tmp_path / "site"
    out.mkdir()
    (out / "manifest.json").write_text('{"reports": {}}')
    assert CliRunner().invoke(main, ["site", str(out)]).exit_code == 0
    profiles = [t for t in asked if t.notebook == "province_profile"]
    assert len(profiles) == 2 * data.provinces.height
    assert {(t.notebook, t.lang) for t in asked} == {(n, lang) for n in notebooks() for lang in ("vi", "en")}
    assert len({t.path for t in asked}) == len(asked)


@needs_chromium
def test_the_page_for_wrong_addresses_leads_home(folder, page):
    page.goto((folder / "404.html").as_uri())
    assert page.get_by_role("link").first.get_attribute("href") == ADDRESS + "index.html"
    assert "404" in page.title()
