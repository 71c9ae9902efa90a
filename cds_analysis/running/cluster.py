"""Make reports on the workers of a Dask scheduler. Code, notebooks and data travel with the tasks; pages
come back as bytes.
"""

from __future__ import annotations

import io
import logging
import pickle
import uuid
import zipfile
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from pathlib import Path

import cds_analysis
from cds_analysis.dataset.load import Dataset
from cds_analysis.errors import CdsError, ParameterError
from cds_analysis.running import remote
from cds_analysis.running.borrowed import log_level
from cds_analysis.running.tasks import Limits, Rendered, Task

__all__ = ["make_on_dask"]

_ANSWER_S = 20
_RETRIES = 5  # of a report whose worker was lost


def make_on_dask(
    tasks: list[Task], data: Dataset, *, address: str, limits: Limits
) -> Iterator[tuple[Task, Rendered]]:
    """Yield each task with its page or the reason why there is none, as they come.

    The workers need the libraries of this package, in the same versions of Python and Polars, but not the
    package.

    Raises
    ------
    ParameterError
        When ``distributed`` is not installed, or no scheduler answers.
    CdsError
        When the scheduler is lost in the middle.
    """
    try:
        import cloudpickle
        from distributed import Client, as_completed
    except ImportError:
        raise ParameterError(
            '--dask needs the package distributed: python -m pip install "cds-analysis[dask]"'
        ) from None
    with log_level("distributed", logging.CRITICAL), _travels_as_source(cloudpickle, remote):
        try:
            client = Client(address, timeout=_ANSWER_S, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise ParameterError(
                f"no Dask scheduler answers at {address!r}: {error}. Start one with `dask scheduler` and give"
                " its address, for example tcp://host:8786."
            ) from None
        with client:
            try:
                yield from _asked(client, as_completed, tasks, data, limits)
            except (CancelledError, OSError) as error:
                raise CdsError(
                    f"the Dask scheduler at {address} was lost ({type(error).__name__}). The reports finished"
                    " so far are there; start it and run again to make the others."
                ) from None


@contextmanager
def _travels_as_source(cloudpickle, module) -> Iterator[None]:
    """Let a module travel with what uses it, while the block runs."""
    cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        cloudpickle.unregister_pickle_by_value(module)


def _asked(client, as_completed, tasks: list[Task], data: Dataset, limits: Limits) -> Iterator:
    sources = {
        Path(task.notebook_path).name: Path(task.notebook_path).read_text(encoding="utf-8") for task in tasks
    }
    shared = pickle.dumps((data, sources), protocol=pickle.HIGHEST_PROTOCOL)
    # As a task of its own, so that the scheduler can make it again when the worker that held it is lost.
    payload = client.submit(dict, code=_package(), shared=shared, pure=False)
    batch = uuid.uuid4().hex
    asked = {
        client.submit(
            remote.run_there,
            pickle.dumps((task, limits)),
            payload,
            key=f"cds-{batch}-{n}",
            retries=_RETRIES,
        ): task
        for n, task in enumerate(tasks)
    }
    try:
        for future in as_completed(asked, loop=client.loop):
            task = asked[future]
            error = future.exception()
            yield (
                task,
                (
                    Rendered(task.key, error=f"its worker failed: {error}")
                    if error
                    else pickle.loads(future.result())
                ),
            )
            future.release()
    finally:
        with suppress(
            CancelledError, OSError, RuntimeError
        ):  # a scheduler that is lost has nothing to cancel
            client.cancel([*asked, payload])


def _package() -> bytes:
    """Return the package as a zip file, the same for the same code."""
    root, buffer = Path(cds_analysis.__file__).parent, io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(root.rglob("*")):
            parts = file.relative_to(root).parts
            if file.is_file() and "__pycache__" not in parts and parts[0] not in ("_data", "_notebooks"):
                archive.writestr(zipfile.ZipInfo("/".join((root.name, *parts))), file.read_bytes())
    return buffer.getvalue()
