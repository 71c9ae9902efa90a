"""What goes to the process that makes a report, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits", "Rendered", "Task"]


@dataclass(frozen=True)
class Task:
    """One report to make; all a worker needs.

    ``reads`` and ``subjects`` say which rows of the dataset it gets, see
    :class:`~cds_analysis.dataset.subset.Subsets`; ``fingerprint`` holds a checksum of each thing that the
    report depends on. ``indices`` are anchor, short and full name of each index that the page spells out.
    """

    key: str
    notebook: str
    notebook_path: str
    stem: str
    lang: str
    title: str
    notebook_title: str
    name: str
    number: str
    provinces: list[str]
    parameters: dict
    facts: dict
    reads: dict
    subjects: list[str]
    fingerprint: dict
    other: str | None
    is_standalone: bool = False
    indices: tuple[tuple[str, str, str], ...] = ()

    @property
    def path(self) -> str:
        """Address of the page below the output folder."""
        return f"{self.notebook}/{self.stem}.{self.lang}.html"


@dataclass(frozen=True)
class Limits:
    """What a report may take: seconds a cell, and MiB of memory (0: no limit)."""

    seconds: float = 600
    memory_mib: int = 4096


@dataclass(frozen=True)
class Rendered:
    """What comes back for a task: the page; where it failed, why, and its notebook as far as it ran."""

    key: str
    page: bytes = b""
    notebook: bytes = b""
    seconds: float = 0.0
    error: str = ""
    cell: int | None = None
    traceback: str = ""
