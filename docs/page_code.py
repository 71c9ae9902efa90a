"""The code that stands in pages of Markdown: found, run in order, and what it prints compared with the page.

A block of ```python is run; where a block of ```text follows it, with nothing but blank lines in between,
that is what it must print. All blocks of a page share their names, as the cells of a notebook do.
`python docs/page_code.py docs/PAGE.md` writes what is printed now into the page.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NamedTuple

__all__ = ["Block", "blocks", "commands", "pictures", "rewrite", "run"]

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1``` *$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A block of code: its language, its text, the line it begins on, and what it must print (or None)."""

    language: str
    code: str
    line: int
    printed: str | None


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page in order.

    >>> blocks("```python\\nprint(1)\\n```\\n\\n```text\\n1\\n```\\n")
    [Block(language='python', code='print(1)\\n', line=2, printed='1\\n'), Block(language='text', code='1\\n',
     line=6, printed=None)]
    """
    found = list(_FENCE.finditer(text))
    made = []
    for n, match in enumerate(found):
        after = found[n + 1] if n + 1 < len(found) else None
        is_output = after and after[2] == "text" and not text[match.end() : after.start()].strip()
        made.append(
            Block(
                match[2],
                textwrap.dedent(match[3]),
                text.count("\n", 0, match.start(3)) + 1,
                textwrap.dedent(after[3]) if after and is_output and match[2] == "python" else None,
            )
        )
    return made


def commands(text: str) -> Iterator[str]:
    """Yield the command lines of ``cds`` in the blocks of shell code, without their comments."""
    for block in blocks(text):
        if block.language == "bash":
            for line in block.code.splitlines():
                if at := re.search(r"(?:^|&& )(cds .*?)(?:\s+#.*)?$", line):
                    yield at[1]


def pictures(text: str) -> list[str]:
    """Return the files of the pictures that a page shows."""
    return re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", text)


def run(path: Path, folder: Path) -> int:
    """Run the Python of a page in a folder and return how many blocks that were.

    Raises
    ------
    AssertionError
        When a block prints something else than the page says.
    """
    done = 0
    for block, printed in _executed(path, folder):
        done += 1
        if block.printed is not None and printed != block.printed:
            raise AssertionError(
                f"{path}, line {block.line}: the page says\n{block.printed}\nbut it is\n{printed}"
            )
    return done


def _executed(path: Path, folder: Path) -> Iterator[tuple[Block, str]]:
    """Yield each block of Python of a page with what it prints."""
    path, names = path.resolve(), {"__name__": "__page__"}
    with chdir(folder):
        for block in blocks(path.read_text(encoding="utf-8")):
            if block.language == "python":
                printed = StringIO()
                code = compile("\n" * (block.line - 1) + block.code, os.fspath(path), "exec")
                with redirect_stdout(printed):
                    exec(code, names)
                yield block, printed.getvalue()


def rewrite(path: Path) -> None:
    """Write into a page what its blocks print."""
    text = path.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        made = [(b, out) for b, out in _executed(path, Path(folder)) if b.printed is not None]
    for block, printed in reversed(made):
        lines = text.splitlines(keepends=True)
        end = block.line - 1 + block.code.count("\n") + 1
        start = next(n for n in range(end, len(lines)) if lines[n].strip() == "```text") + 1
        stop = next(n for n in range(start, len(lines)) if lines[n].strip() == "```")
        margin = lines[start - 1][: lines[start - 1].index("`")]
        lines[start:stop] = [margin + line for line in printed.splitlines(keepends=True)]
        text = "".join(lines)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        rewrite(Path(name))
