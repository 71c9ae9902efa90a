"""Keep the old files of a data folder while they are exchanged, so that an exchange cut off in the middle
can be undone.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from cds_analysis.dataset.lock import held
from cds_analysis.errors import ParameterError

__all__ = ["finish", "keep", "owned", "undo_if_cut_off", "undo_unfinished"]

_OLD, _NONE = ".cds-old", ".none-"


def keep(file: Path) -> None:
    """Keep a file under another name, or note that there was none."""
    if file.exists():
        os.link(file, file.with_name(file.name + _OLD))
    else:
        file.with_name(f"{_NONE}{file.name}{_OLD}").touch()


def finish(folder: Path) -> None:
    """Say that the new files count from now on."""
    (folder / f".done{_OLD}").touch()


def owned(folder: Path):
    """Hold a data folder for one change at a time."""
    return held(
        folder.resolve().with_name(folder.resolve().name + ".lock"),
        busy=f"another command is changing {folder}; wait until it is done",
        closed=lambda reason: f"cannot write beside {folder}: {reason}",
    )


def undo_if_cut_off(folder: Path) -> None:
    """Undo an exchange that nobody is working on any more; do nothing where the folder cannot be written."""
    if next(folder.rglob(f"*{_OLD}"), None) is not None:
        with suppress(ParameterError, OSError), owned(folder):
            undo_unfinished(folder)


def undo_unfinished(folder: Path) -> None:
    """Put back the files that were kept, or remove them where the exchange was finished."""
    done = folder / f".done{_OLD}"
    is_finished = done.exists()
    for old in [f for f in folder.rglob(f"*{_OLD}") if f != done]:
        name = old.name.removesuffix(_OLD)
        if name.startswith(_NONE):
            if not is_finished:
                old.with_name(name.removeprefix(_NONE)).unlink(missing_ok=True)
            old.unlink()
        elif is_finished:
            old.unlink()
        else:
            os.replace(old, old.with_name(name))  # does nothing where both are one file still
            old.unlink(missing_ok=True)
    done.unlink(missing_ok=True)
