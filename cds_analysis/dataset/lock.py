"""One process at a time: a lock file that goes with the process, however that ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

from cds_analysis.errors import ParameterError

__all__ = ["held"]


@contextmanager
def held(file: Path, *, busy: str, closed: Callable[[str], str]) -> Iterator[None]:
    """Hold a lock file while the block runs, without waiting for it.

    Parameters
    ----------
    file
        The lock file; its folder is made where there is none.
    busy
        What to say when another process holds it.
    closed
        Makes of the system's reason what to say when the file cannot be written.

    Raises
    ------
    ParameterError
        When another process holds it, or it cannot be written.
    """
    lock = filelock.FileLock(file, timeout=0)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout:
        raise ParameterError(busy) from None
    except OSError as error:
        raise ParameterError(closed(error.strerror or str(error))) from None
    try:
        yield
    finally:
        with suppress(OSError):
            file.unlink(missing_ok=True)  # while it is held: whoever waits for it then notices
        lock.release()
