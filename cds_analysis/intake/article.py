"""Read an article: text or HTML to numbered paragraphs, with the furniture of the page told apart."""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from cds_analysis.errors import ParameterError
from cds_analysis.intake.rules import Rules

__all__ = ["Paragraph", "paragraphs", "read_text"]

_DASHES = str.maketrans(
    {c: "-" for c in "‐‑‒–—―−\u00ad"}
    | {c: " " for c in "\u00a0\u2007\u202f\u2009\t"}
    | {c: '"' for c in "“”„«»"}
)
_MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class Paragraph:
    """A line of the source that is not blank: its number (``p4`` is 4), its text with plain dashes and
    spaces, and whether it is furniture of the page.
    """

    number: int
    text: str
    is_furniture: bool = False


def read_text(source: str | Path) -> str:
    """Return the text of a file (``-`` is standard input), taken out of its markup where it is HTML.

    Raises
    ------
    ParameterError
        When there is no such file, or it is not text.
    """
    if str(source) == "-":
        content = sys.stdin.buffer.read(_MOST_BYTES)
    else:
        path = Path(source)
        if not path.is_file():
            raise ParameterError(
                f"there is no file {str(source)!r}; give a text or HTML file, or - for standard input"
            )
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParameterError(
            f"{source} is not UTF-8 text (byte {error.start}); save it as UTF-8, or copy the article into a text file"
        ) from None
    return (
        _text_of_html(text)
        if re.match(
            r"\s*(?:<!--.*?-->\s*)*<(?:!doctype|html|head|body|div|p|article)\b",
            text,
            re.IGNORECASE | re.DOTALL,
        )
        else text
    )


def paragraphs(text: str, rules: Rules) -> list[Paragraph]:
    """Split a text into its lines that are not blank. Decomposed letters are composed, odd dashes and spaces
    made plain.

    Examples
    --------
    >>> from cds_analysis.intake.rules import load_rules
    >>> [(p.number, p.is_furniture) for p in paragraphs("Tỷ lệ đạt 48%.\\n\\nLượt xem: 1.234", load_rules())]
    [(1, False), (2, True)]
    """
    found, is_over = [], False
    for line in unicodedata.normalize("NFC", text).translate(_DASHES).splitlines():
        line = line.strip()
        if not line:
            continue
        is_over = is_over or bool(found and rules["furniture_from"].search(line))
        found.append(Paragraph(len(found) + 1, line, is_over or bool(rules["furniture_line"].search(line))))
    return found


class _Html(HTMLParser):
    _BLOCKS = {
        "p",
        "div",
        "br",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "section",
        "article",
        "ul",
        "ol",
        "td",
        "th",
    }
    _HIDDEN = {"script", "style", "nav", "footer", "form", "noscript", "template", "head", "button", "select"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in self._HIDDEN:
            self.hidden.append(tag)
        elif tag in self._BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag):
        if self.hidden and tag == self.hidden[-1]:
            self.hidden.pop()
        elif tag in self._BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(re.sub(r"\s+", " ", data))


def _text_of_html(text: str) -> str:
    parser = _Html()
    parser.feed(text)
    parser.close()
    return "".join(parser.parts)
