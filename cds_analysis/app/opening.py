"""What makes the explorer's notebook open at one press of its button."""

from __future__ import annotations

import contextlib
from pathlib import Path

import nbformat
from nbformat.sign import NotebookNotary

__all__ = ["trust"]


def trust(notebook: Path, data_folder: Path | None = None) -> None:
    """Sign a notebook as Jupyter's "Trust Notebook" does, so that a button in its text may run it.

    Parameters
    ----------
    notebook
        One of this package.
    data_folder
        Jupyter's data folder, the user's by default. One that cannot be written leaves the notebook as it is:
        JupyterLab then asks before its button runs.
    """
    given = {} if data_folder is None else {"data_dir": str(data_folder)}
    with contextlib.suppress(OSError):
        notary = NotebookNotary(**given)
        Path(notary.data_dir).mkdir(parents=True, exist_ok=True)
        notary.sign(nbformat.read(notebook, as_version=4))
