"""The script of Vega for pages with live charts. Bundling it takes seconds, so many reports share one bundle."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, cast

__all__ = ["begin", "finish", "vega"]

_BUNDLE = "import sys, vl_convert; sys.stdout.buffer.write(vl_convert.javascript_bundle().encode())"
_made: list[str] = []


def vega() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script."""
    if not _made:
        import vl_convert

        library = cast(Any, vl_convert)  # its stub asks for a snippet, which it does not
        _made.append(library.javascript_bundle())
    return _made[0]


def begin() -> subprocess.Popen:
    """Start to bundle in a process of its own: the engine in it starts threads, and a process with threads
    must not be forked.
    """
    return subprocess.Popen(
        [sys.executable, "-c", _BUNDLE],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def finish(process: subprocess.Popen) -> None:
    """Keep the bundle for :func:`vega`; where there is none, each process makes its own."""
    text = process.communicate()[0]
    if process.returncode == 0:
        _made[:] = [text.decode()]
