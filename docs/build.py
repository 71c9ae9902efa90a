"""Build the documentation: `python docs/build.py`, which needs the extra `docs` and no network.

The pages are copied to `build/docs-source`; those that follow from the data (a page for each index, the
data dictionary) are written there, and the pictures of the gallery drawn. Sphinx makes `build/docs` with
warnings as errors. At the end every link inside is followed, and no page may fetch anything from elsewhere.
"""

from __future__ import annotations

import re
import shutil
import sys
import time
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urldefrag

from index_pages import write_index_pages
from lxml import html
from page_code import pictures, run
from sphinx.cmd.build import main as sphinx

ROOT = Path(__file__).resolve().parent.parent
SOURCE, BUILT = ROOT / "build/docs-source", ROOT / "build/docs"
AT_THE_TOP = {  # pages of the repository that the documentation shows as well
    "README.md": "readme.md",
    "README.vi.md": "vi/readme.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "data/README.md": "data-dictionary.md",
}


def collect() -> None:
    """Copy the pages, and bring in those that stand elsewhere in the repository."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    shutil.copytree(ROOT / "docs", SOURCE, ignore=shutil.ignore_patterns("build.py", "__pycache__"))
    for name, page in AT_THE_TOP.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        (SOURCE / page).write_text(re.sub(r"\]\(([^)#\s]+)", partial(_moved, page), text), "utf-8")
    gallery = SOURCE.parent / "outputs/gallery"  # photographs of pages, which the gallery refers to
    shutil.rmtree(gallery, ignore_errors=True)
    shutil.copytree(ROOT / "outputs/gallery", gallery)


def _moved(page: str, link: re.Match[str]) -> str:
    """Return a link of a page at the top of the repository as it reads from inside the documentation."""
    up = "../" * page.count("/")
    target = link[1]
    if target in AT_THE_TOP:
        return f"]({up}{AT_THE_TOP[target]}"
    if target.startswith("docs/"):
        return f"]({up}{target.removeprefix('docs/')}"
    return link[0]


def draw() -> int:
    """Run the pages that show pictures of their own, beside which the pictures then lie."""
    shown = 0
    for page in sorted(SOURCE.rglob("*.md")):
        missing = [p for p in pictures(page.read_text(encoding="utf-8")) if not (page.parent / p).is_file()]
        if missing:
            run(page, page.parent)
            shown += len(missing)
    return shown


def broken(folder: Path) -> list[str]:
    """Return the links of built pages that lead nowhere, and what a page would fetch from elsewhere."""
    trees = {path: html.parse(str(path)).getroot() for path in folder.rglob("*.html")}
    ids = {path: {e.get("id") for e in tree.iter() if e.get("id")} for path, tree in trees.items()}
    wrong = []
    for path, tree in trees.items():
        for element, attribute, link, _ in tree.iterlinks():
            file, anchor = urldefrag(link)
            is_fetched = element.tag in ("script", "img", "source", "iframe") or (
                element.tag == "link" and element.get("rel") in ("stylesheet", "icon", "preload")
            )
            if re.match(r"[a-z]+:", file):
                if is_fetched and not file.startswith("data:"):
                    wrong.append(f"{path.relative_to(folder)} fetches {link}")
                continue
            target = (path.parent / unquote(file.split("?")[0])).resolve() if file else path
            target = target / "index.html" if target.is_dir() else target
            no_anchor = anchor and target in ids and unquote(anchor) not in ids[target]
            if attribute in ("href", "src") and (not target.exists() or no_anchor):
                wrong.append(f"{path.relative_to(folder)} links to {link}")
    return sorted(set(wrong))


def main() -> int:
    """Build everything and say what was built; return the exit code."""
    start = time.monotonic()
    collect()
    indices = write_index_pages(SOURCE)
    drawn = draw()
    shutil.rmtree(BUILT, ignore_errors=True)
    if sphinx(["-q", "-W", "--keep-going", "-d", str(ROOT / "build/doctrees"), str(SOURCE), str(BUILT)]):
        return 1
    wrong = broken(BUILT)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    pages = len(list(BUILT.rglob("*.html")))
    print(
        f"{BUILT.relative_to(ROOT)}: {pages} pages, {drawn} pictures drawn, {indices} pages of indices,"
        f" {len(wrong)} broken links, {time.monotonic() - start:.0f} s"
    )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
