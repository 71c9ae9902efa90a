"""Where the bundled data and notebooks are: the checkout's own folders, else the copies inside the installed
package.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["data_folder", "is_checkout", "notebooks_folder"]

_PACKAGE = Path(__file__).resolve().parent


def is_checkout() -> bool:
    """Return whether the package runs from a checkout rather than an installed copy."""
    checkout = _PACKAGE.parent
    return (
        (checkout / "pyproject.toml").is_file()
        and (checkout / "data").is_dir()
        and (checkout / "notebooks").is_dir()
    )


def _bundled(name: str) -> Path:
    return _PACKAGE.parent / name if is_checkout() else _PACKAGE / f"_{name}"


def data_folder() -> Path:
    """Return the folder of the bundled dataset."""
    return _bundled("data")


def notebooks_folder() -> Path:
    """Return the folder of the bundled notebooks."""
    return _bundled("notebooks")
