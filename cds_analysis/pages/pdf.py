"""Print a report to PDF with a Chromium that is already installed: the same A4 pages that the reader's own
browser would print.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from cds_analysis.errors import ParameterError

__all__ = ["FLAGS", "find_chromium", "print_pdf"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_SECONDS = 120


def find_chromium() -> str:
    """Return the path of a Chromium.

    Raises
    ------
    ParameterError
        When there is none.
    """
    found = next((path for path in map(shutil.which, _NAMES) if path), None)
    if found is None:
        raise ParameterError(
            "--pdf needs Chromium, and none was found; install it (Debian: apt-get install chromium) or print"
            " the page from your own browser"
        )
    return found


def print_pdf(page: Path, chromium: str, scratch: Path) -> bytes:
    """Print an HTML file and return the PDF.

    Parameters
    ----------
    page
        The HTML file.
    chromium
        From :func:`find_chromium`.
    scratch
        A folder for temporary files.

    Raises
    ------
    ParameterError
        When Chromium does not print it.
    """
    with tempfile.TemporaryDirectory(dir=scratch, ignore_cleanup_errors=True) as profile:
        part = Path(profile) / "page.pdf"
        command = [
            chromium,
            *FLAGS,
            "--headless",
            "--no-pdf-header-footer",
            f"--user-data-dir={profile}/profile",
            f"--print-to-pdf={part}",
            page.resolve().as_uri(),
        ]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=_SECONDS, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired:
            raise ParameterError(f"Chromium took more than {_SECONDS} seconds to print {page.name}") from None
        if done.returncode or not part.is_file():
            raise ParameterError(
                f"Chromium did not print {page.name}:"
                f" {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}"
            )
        return part.read_bytes()
