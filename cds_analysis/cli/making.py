"""Making reports at a terminal: a bar of progress, a sentence for each that failed, and a clean end when
interrupted.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

__all__ = ["end", "made"]


def made(ctx: click.Context, tasks: list, out: Path, **options) -> list:
    """Make the reports, show how far it is, and return what became of each; `options` are those of
    :func:`cds_analysis.reports.batch.run`.
    """
    from tqdm import tqdm

    from cds_analysis.reports.batch import run

    bar = tqdm(total=len(tasks), unit="report", disable=None, file=sys.stderr)

    def show(result) -> None:
        bar.update()
        if result.status == "failed":
            where = f" (cell {result.cell})" if result.cell is not None else ""
            bar.write(f"failed: {result.key}{where}: {result.error.splitlines()[0]}", file=sys.stderr)

    ended_by: list[int] = []
    try:
        with _interruptible() as ended_by, _warnings_shown():
            results = run(tasks, out, on_result=show, **options)
    except KeyboardInterrupt:
        with suppress(OSError):  # of a terminal that is gone
            click.echo(
                f"interrupted: the reports finished so far are in {out}; run again to make the others",
                err=True,
            )
        ctx.exit(128 + (ended_by[0] if ended_by else signal.SIGINT))
    finally:
        with suppress(OSError):
            bar.close()
    counts = {s: sum(r.status == s for r in results) for s in ("made", "unchanged", "failed")}
    click.echo(
        f"{counts['made']} made, {counts['unchanged']} unchanged, {counts['failed']} failed:"
        f" {out / 'index.html'}"
    )
    return results


def end(ctx: click.Context, results: list, out: Path) -> None:
    """End with exit code 1 where a report failed."""
    if any(r.status == "failed" for r in results):
        click.echo(f"The notebooks that failed are in {out / 'failed'}.", err=True)
        ctx.exit(1)


@contextmanager
def _interruptible() -> Iterator[list[int]]:
    """Treat SIGTERM, and SIGHUP of a terminal that is closed, as Ctrl-C: the batch ends its children and
    leaves a manifest. Yield a list that the number of the signal is put into. With ``nohup`` the batch goes
    on.
    """
    came: list[int] = []

    def stop(number, frame):
        came.append(number)
        raise KeyboardInterrupt

    names = [s for s in (signal.SIGTERM, getattr(signal, "SIGHUP", None)) if s is not None]
    before = {s: signal.getsignal(s) for s in names if signal.getsignal(s) is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, stop)
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _warnings_shown() -> Iterator[None]:
    """Show what the package logs, one sentence a line."""

    class Shown(logging.Handler):
        def emit(self, record) -> None:
            click.echo(f"cds: {record.getMessage()}", err=True)

    logger, handler = logging.getLogger("cds_analysis"), Shown(logging.WARNING)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
