"""Where the bundled data and notebooks are: the checkout's own folders, else the copies inside the installed package."""

from __future__ import annotations

from pathlib import Path

__all__ = ["data_folder", "notebooks_folder"]

_PACKAGE = Path(__file__).resolve().parent


def _bundled(name: str) -> Path:
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    return _PACKAGE / f"_{name}"


def data_folder() -> Path:
    """Return the folder of the bundled dataset."""
    return _bundled("data")


def notebooks_folder() -> Path:
    """Return the folder of the bundled notebooks."""
    return _bundled("notebooks")
