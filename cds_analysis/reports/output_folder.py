"""The output folder of a batch, and all that is written into it: one batch at a time, each file whole or not
at all, and nothing touched that is not ours.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from cds_analysis.dataset.lock import held
from cds_analysis.errors import CdsError
from cds_analysis.pages.site import GENERATOR, LANDING
from cds_analysis.reports.manifest import JOURNAL, MANIFEST, journal_line, manifest_text, read_manifest

__all__ = ["DAMAGED", "OutputFolder"]

DAMAGED = "manifest.damaged.json"
_TEMPORARY = re.compile(r"\.cds-\d+\.(?P<name>.+)\.tmp")


class OutputFolder:
    """Pages, failed notebooks, landing page and manifest of an output folder.

    All methods that write need the folder to be held (:meth:`held`).

    Parameters
    ----------
    path
        The folder; made when it is first held.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._identity: tuple[int, int] | None = None
        self._journal: BinaryIO | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for one batch.

        Raises
        ------
        CdsError
            When another batch is writing to it, it cannot be written, or its landing page is somebody else's.
        """
        with held(
            self.path / ".cds-lock",
            busy=(
                f"another batch is writing into {self.path}. Wait until it is done, or choose another folder"
                " with --out."
            ),
            closed=lambda reason: (
                f"cannot write into the output folder {self.path}: {reason}. Choose another with --out."
            ),
        ):
            self._identity = _identity(self.path)
            self._refuse_what_is_not_ours()
            try:
                yield
            finally:
                self._identity = None
                self._close_journal()

    def read(self) -> tuple[dict, str]:
        """Return the manifest, with what a batch that was killed had noted, and what is wrong with it."""
        return read_manifest(self.path)

    def keep_damaged(self) -> None:
        """Keep a manifest and a journal that cannot be used under other names."""
        with self._writing():
            for name, kept in ((MANIFEST, DAMAGED), (JOURNAL, f"{DAMAGED}l")):
                if (self.path / name).exists():
                    os.replace(self.path / name, self.path / kept)

    def begin(self, manifest: dict, landing: dict[str, bytes]) -> None:
        """Write manifest and landing page before the first report is made, and open the journal. What a batch
        that was killed in the middle of a write left of these reports is cleared away.
        """
        self._clear(manifest["reports"])
        self._write_both(manifest, landing)
        with self._writing():
            self._journal = (self.path / JOURNAL).open("wb")

    def note(self, key: str, entry: dict) -> None:
        """Add what became of a report to the journal."""
        assert self._journal is not None, "begin() opens the journal"
        with self._writing():
            self._journal.write(journal_line(key, entry))
            self._journal.flush()

    def finish(self, manifest: dict, landing: dict[str, bytes]) -> None:
        """Write manifest and landing page; the journal is not needed any more."""
        self._write_both(manifest, landing)
        self._close_journal()
        with self._writing():
            (self.path / JOURNAL).unlink(missing_ok=True)

    def _write_both(self, manifest: dict, landing: dict[str, bytes]) -> None:
        self.write(MANIFEST, manifest_text(manifest))
        for name, page in landing.items():
            self.write(name, page)

    def keep_page(self, key: str, page: bytes) -> int:
        """Write the page of a report, remove the notebook of an earlier failure, and return the time of the
        page's last change in nanoseconds.
        """
        written = self.write(f"{key}.html", page)
        with self._writing():
            (self.path / "failed" / f"{key}.ipynb").unlink(missing_ok=True)
            return written.stat().st_mtime_ns

    def keep_failed(self, key: str, notebook: bytes) -> None:
        """Keep the notebook of a report that failed, and move an earlier page of it out of the reader's way,
        without losing it.
        """
        if notebook:
            self.write(f"failed/{key}.ipynb", notebook)
        page = self.path / f"{key}.html"
        with self._writing():
            if page.is_file():
                aside = self._made_way(f"failed/{key}.earlier.html.txt")
                shutil.move(page, aside)

    def write(self, name: str, content: bytes) -> Path:
        """Write a file to a temporary name beside it and move it there: readers see the old file or the new
        one, never half.

        Raises
        ------
        CdsError
            When it cannot be written, or the folder is not the one any more that was there at the start.
        """
        with self._writing():
            path = self._made_way(name)
            temporary = path.with_name(f".cds-{os.getpid()}.{path.name}.tmp")
            try:
                with temporary.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(temporary, path)
            finally:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
        return path

    def _made_way(self, name: str) -> Path:
        """Return the path of a file, the folders to it made; not the output folder itself, which was
        there.
        """
        path = self.path / name
        for part in reversed(Path(name).parents[:-1]):
            (self.path / part).mkdir(exist_ok=True)
        return path

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Say in one sentence what keeps us from writing."""
        try:
            if _identity(self.path) != self._identity:
                raise FileNotFoundError
            yield
        except OSError as error:
            if _identity(self.path) != self._identity:
                raise CdsError(
                    f"the output folder {self.path} was removed or replaced while reports were being written"
                    " into it. Run again to make them."
                ) from None
            raise CdsError(
                f"cannot go on writing into {self.path}: {error.strerror or error}. The reports finished so"
                " far are there; run again to make the others."
            ) from None

    def _refuse_what_is_not_ours(self) -> None:
        for name in (MANIFEST, JOURNAL, *LANDING.values()):
            if (self.path / name).is_dir():
                raise CdsError(f"{self.path / name} is a folder. Remove it, or choose another with --out.")
        if any((self.path / name).exists() for name in (MANIFEST, JOURNAL)):
            return
        for index in (self.path / name for name in LANDING.values()):
            if not index.is_file():
                continue
            with self._writing(), index.open("rb") as file:
                begins = file.read(4096).decode("utf-8", "replace")
            if GENERATOR not in begins:
                raise CdsError(
                    f"{index} was not made by `cds report` and would be lost. Choose another folder with"
                    " --out."
                )

    def _clear(self, keys) -> None:
        """Remove our own temporary files: those with the name that one of these reports' files has while it
        is being written.
        """
        ours = defaultdict(set)
        for name in (
            MANIFEST,
            *LANDING.values(),
            *(n for k in keys for n in (f"{k}.html", f"{k}.pdf", f"failed/{k}.ipynb")),
        ):
            folder, _, last = name.rpartition("/")
            ours[folder].add(last)
        with self._writing():
            for folder, names in ours.items():
                for file in (self.path / folder).glob(".cds-*.tmp"):
                    found = _TEMPORARY.fullmatch(file.name)
                    if found and found["name"] in names and file.is_file():
                        file.unlink(missing_ok=True)

    def _close_journal(self) -> None:
        if self._journal is not None:
            with suppress(OSError):  # what could not be written is not noted; its report is made anew
                self._journal.close()
            self._journal = None


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another one of the same name."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
