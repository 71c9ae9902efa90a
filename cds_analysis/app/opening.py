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
    folder = data_folder or Path(NotebookNotary().data_dir)
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)  # before the notary looks for its signatures there
        NotebookNotary(data_dir=str(folder)).sign(nbformat.read(notebook, as_version=4))
