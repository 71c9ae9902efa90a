"""The manifest of an output folder, and the checksums that tell whether a report is still what it would be
if made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = [
    "checksum_of_files",
    "checksum_of_text",
    "load_manifest",
    "versions",
    "write_atomically",
    "write_manifest",
]

_LIBRARIES = (
    "polars",
    "matplotlib",
    "seaborn",
    "statsmodels",
    "great-tables",
    "babel",
    "nbconvert",
    "papermill",
    "ipykernel",
)


def checksum_of_text(*parts: str | bytes) -> str:
    """Return a short SHA-256 of the parts in order."""
    return hashlib.sha256(
        b"\x00".join(p.encode("utf-8") if isinstance(p, str) else p for p in parts)
    ).hexdigest()[:16]


def checksum_of_files(folder: Path, *patterns: str) -> str:
    """Return a short SHA-256 over names and contents of the matching files, whatever order the disk lists
    them in.
    """
    digest = hashlib.sha256()
    for file in sorted({f for p in patterns for f in folder.rglob(p) if f.is_file()}):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\x00" + file.read_bytes())
    return digest.hexdigest()[:16]


def versions() -> dict[str, str]:
    """Return the versions that a report's content depends on."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return found


def write_atomically(path: Path, content: bytes) -> None:
    """Write to a temporary name beside `path` and move it there: readers see the old file or the new one,
    never half.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load_manifest(out: Path) -> dict:
    """Return the manifest of `out`; an empty one where there is none or it cannot be read."""
    try:
        found = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"reports": {}}
    return found if isinstance(found.get("reports"), dict) else {"reports": {}}


def write_manifest(out: Path, manifest: dict) -> None:
    """Write the manifest of `out`, its reports in order of their path."""
    ordered = {**manifest, "reports": dict(sorted(manifest["reports"].items()))}
    write_atomically(out / "manifest.json", json.dumps(ordered, ensure_ascii=False, indent=1).encode("utf-8"))
