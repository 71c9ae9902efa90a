"""What makes a folder of reports a site: the dataset to download, a page for wrong addresses, files for
search engines.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from cds_analysis.dataset.load import Dataset
from cds_analysis.errors import ParameterError
from cds_analysis.pages.site import DATASET, LANDING, render_not_found, render_sitemap
from cds_analysis.reports.manifest import MANIFEST, read_manifest
from cds_analysis.reports.output_folder import OutputFolder
from cds_analysis.study.export import export

__all__ = ["checked_address", "write_around", "write_dataset"]


def checked_address(address: str) -> str:
    """Return the address of a site with a slash at its end; empty where none is given.

    Raises
    ------
    ParameterError
        When it is no address of the web.

    Examples
    --------
    >>> checked_address("https://name.github.io/repository")
    'https://name.github.io/repository/'
    """
    if not address:
        return ""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ParameterError(
            f"--address takes an address such as https://name.github.io/repository/, not {address!r}"
        )
    return address.rstrip("/") + "/"


def write_dataset(data: Dataset, folder: Path) -> None:
    """Write the release of the dataset into the site, each file whole.

    Raises
    ------
    ParameterError
        When the folder holds anything and is no site or output folder of ours.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise ParameterError(
            f"{folder} is not empty and no site of `cds site`; give the name of a new folder"
        )
    out = OutputFolder(folder)
    with out.held(), tempfile.TemporaryDirectory() as scratch:
        release = Path(scratch) / DATASET
        for file in export(data, release):
            out.write(f"{DATASET}/{file.relative_to(release).as_posix()}", file.read_bytes())


def write_around(folder: Path, address: str) -> int:
    """Write what stands around the pages, and return how many pages the site has.

    Parameters
    ----------
    folder
        The site; its reports are made.
    address
        Where it will be published, from :func:`checked_address`. Without it there is no map for search
        engines, which must name it.
    """
    manifest, _ = read_manifest(folder)
    made = sorted(e["path"] for e in manifest["reports"].values() if e["status"] == "made")
    pages = [*LANDING.values(), *made]
    out = OutputFolder(folder)
    with out.held():
        out.write("404.html", render_not_found(address).encode("utf-8"))
        robots = "User-agent: *\nAllow: /\n"
        if address:
            out.write("sitemap.xml", render_sitemap([address + page for page in pages]).encode("utf-8"))
            robots += f"Sitemap: {address}sitemap.xml\n"
        out.write("robots.txt", robots.encode("utf-8"))
        out.write(".nojekyll", b"")
    return len(pages)
