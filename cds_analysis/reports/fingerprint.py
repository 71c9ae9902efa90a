"""Checksums that tell whether a report is still what it would be if made anew."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["LIBRARIES", "checksum_of_code", "checksum_of_text", "versions"]

# Whatever leaves a trace in a page: figures, letters, tables, highlighted text, scripts.
LIBRARIES = (
    "altair",
    "babel",
    "dataframely",
    "great-tables",
    "ipykernel",
    "ipython",
    "ipywidgets",
    "jinja2",
    "matplotlib",
    "mistune",
    "nbclient",
    "nbconvert",
    "nbformat",
    "numpy",
    "pandas",
    "papermill",
    "pillow",
    "polars",
    "pygments",
    "scipy",
    "seaborn",
    "statsmodels",
    "vl-convert-python",
)
_PACKAGE = Path(__file__).parent.parent
_APART = ("_data", "_notebooks", "__pycache__")  # the data and notebooks of a report have sums of their own


def checksum_of_text(*parts: str | bytes) -> str:
    """Return a short SHA-256 of the parts in order."""
    return hashlib.sha256(
        b"\x00".join(p.encode("utf-8") if isinstance(p, str) else p for p in parts)
    ).hexdigest()[:16]


def checksum_of_code(folder: Path = _PACKAGE) -> str:
    """Return a short SHA-256 over names and contents of all files of the package: code, templates, scripts,
    style, catalogues; whatever order the disk lists them in.
    """
    digest = hashlib.sha256()
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        parts = file.relative_to(folder).parts
        if not any(part in _APART for part in parts):
            digest.update("/".join(parts).encode() + b"\x00" + file.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def versions() -> dict[str, str]:
    """Return the versions that a report's content depends on."""
    return {"python": platform.python_version(), **{name: _version(name) for name in LIBRARIES}}
