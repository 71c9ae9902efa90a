"""What is on record of the reports in an output folder: ``manifest.json``, whole at the end of a batch, and
while one runs ``manifest.jsonl``, a journal to which each report adds one line.

Whatever is wrong with either file, what can be read counts and the rest is unknown; its reports are made
anew.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from cds_analysis.views.wording import LANGUAGES

__all__ = ["JOURNAL", "MANIFEST", "STATUSES", "journal_line", "manifest_text", "read_manifest"]

MANIFEST, JOURNAL = "manifest.json", "manifest.jsonl"
STATUSES = ("made", "failed", "missing")

_NAME = re.compile(r"[^/\\\x00-\x1f]+")  # one part of a path
_TYPES = {
    "notebook": str,
    "stem": str,
    "lang": str,
    "path": str,
    "notebook_title": str,
    "name": str,
    "number": str,
    "status": str,
    "error": str,
    "cell": int | None,
    "provinces": list,
    "fingerprint": dict,
    "output": dict,
}


def read_manifest(folder: Path) -> tuple[dict, str]:
    """Return the manifest of an output folder with what the journal adds to it, and what is wrong with them.

    Parameters
    ----------
    folder
        The output folder.

    Returns
    -------
    tuple
        The manifest: ``package`` and ``versions`` that wrote it, and ``reports``, an entry for each report.
        Empty where there is none. Then a phrase that says what cannot be used, empty where all can.
    """
    manifest, damage = _whole(folder / MANIFEST)
    lost = _refused(manifest["reports"])
    added, torn = _journal(folder / JOURNAL)
    manifest["reports"].update(added)
    if lost + torn and not damage:
        damage = f"{lost + torn} of its entries cannot be used"
    return manifest, damage


def _whole(file: Path) -> tuple[dict, str]:
    empty = {"reports": {}}
    try:
        found = json.loads(file.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        return empty, ""
    except OSError as error:
        return empty, f"it cannot be read: {error.strerror or error}"
    except (ValueError, RecursionError):
        return empty, "it is not JSON"
    if not isinstance(found, dict) or not isinstance(found.get("reports"), dict):
        return empty, "it lists no reports"
    if not isinstance(found.get("package", ""), str) or not isinstance(found.get("versions", {}), dict):
        found.pop("package", None)
        found.pop("versions", None)
    if not isinstance(found.get("landing", ""), str):
        found.pop("landing")
    return {k: found[k] for k in ("package", "versions", "landing", "reports") if k in found}, ""


def _refused(reports: dict) -> int:
    """Drop the entries that cannot be used and return how many they were."""
    wrong = [key for key, entry in reports.items() if not _is_entry(key, entry)]
    for key in wrong:
        del reports[key]
    return len(wrong)


def _journal(file: Path) -> tuple[dict, int]:
    """Return the entries of a journal, the last of each report, and how many lines cannot be used. The last
    line may be cut off: its report was being noted when the batch was killed.
    """
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError:
        return {}, 0
    found, wrong = {}, 0
    for line in lines[:-1]:
        try:
            key, entry = json.loads(line.decode("utf-8"))
        except (ValueError, TypeError, RecursionError):
            wrong += 1
            continue
        if isinstance(key, str) and _is_entry(key, entry):
            found[key] = entry
        else:
            wrong += 1
    return found, wrong


def _is_entry(key: str, entry: object) -> bool:
    """Whether an entry has all that is read of it, of the right type, and stays within its folder."""
    if not isinstance(entry, dict):
        return False
    if not all(name in entry and isinstance(entry[name], kind) for name, kind in _TYPES.items()):
        return False
    parts = (entry["notebook"], entry["stem"])
    sound = (
        all(_NAME.fullmatch(part) and part not in (".", "..") for part in parts)
        and key == f"{entry['notebook']}/{entry['stem']}.{entry['lang']}"
        and entry["path"] == f"{key}.html"
        and entry["lang"] in LANGUAGES
        and entry["status"] in STATUSES
        and all(isinstance(p, str) for p in entry["provinces"])
    )
    try:
        return sound and bool(json.dumps(entry, ensure_ascii=False).encode("utf-8"))
    except (ValueError, RecursionError):  # half of a character, as no file can hold it
        return False


def manifest_text(manifest: dict) -> bytes:
    """Return a manifest as it is written, its reports in order of their path."""
    ordered = {**manifest, "reports": dict(sorted(manifest["reports"].items()))}
    return json.dumps(ordered, ensure_ascii=False, indent=1).encode("utf-8")


def journal_line(key: str, entry: dict) -> bytes:
    """Return what a journal says of one report."""
    return json.dumps([key, entry], ensure_ascii=False).encode("utf-8") + b"\n"
