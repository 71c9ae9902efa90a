"""The scripts that draw live charts: Vega, and what puts a chart into a page. Bundling Vega takes seconds, so
many reports share one bundle.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

from cds_analysis.errors import ParameterError

__all__ = ["begin", "draw_script", "finish", "vega", "written"]

# The newest that JupyterLab draws by itself too; 6.4 loses the values under the pointer where the nearest
# point is meant.
_VERSION = "5.21"
_BUNDLE = (
    "import sys, vl_convert;"
    f" sys.stdout.buffer.write(vl_convert.javascript_bundle(vl_version={_VERSION!r}).encode())"
)
_made: list[str] = []


def vega() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, with their licences before it."""
    if not _made:
        import vl_convert

        library = cast(Any, vl_convert)  # its stub asks for a snippet, which it does not
        _made.append(library.javascript_bundle(vl_version=_VERSION))
    licences = (Path(__file__).parent / "vega-licences.txt").read_text(encoding="utf-8")
    return f"/*!\n{licences}*/\n{_made[0]}"


def draw_script() -> str:
    """Return the function ``cdsDraw``, which draws a figure into an element and swaps its rows and picks."""
    return (Path(__file__).parent / "draw.js").read_text(encoding="utf-8")


def written(spec: dict, path: Path) -> Path:
    """Write a specification as a picture or a page of its own that needs no network, by the ending of `path`.

    Raises
    ------
    ParameterError
        For an ending other than .svg, .png or .html, or when the file cannot be written.
    """
    import vl_convert

    makers = {
        ".svg": lambda: vl_convert.vegalite_to_svg(spec, vl_version=_VERSION).encode("utf-8"),
        ".png": lambda: vl_convert.vegalite_to_png(spec, vl_version=_VERSION, scale=2),
        ".html": lambda: vl_convert.vegalite_to_html(spec, vl_version=_VERSION, bundle=True).encode("utf-8"),
    }
    made = makers.get(path.suffix.lower())
    if made is None:
        raise ParameterError(f"a live figure is saved as .svg, .png or .html, not {path.name!r}")
    try:
        path.write_bytes(made())
    except OSError as error:
        raise ParameterError(f"cannot write {path}: {error.strerror or error}") from None
    return path


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
