"""The exceptions this package raises, all below :class:`CdsError`.

Every message is written for the person at the keyboard: what is wrong, where, what was expected, and what to
do next. The command line prints the message alone; a traceback is for programming errors only.
"""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

__all__ = [
    "CdsError",
    "DataError",
    "ParameterError",
    "Problem",
    "UnknownNameError",
    "closest",
    "lacks",
    "several",
]

MAX_PROBLEMS_SHOWN = 20


class CdsError(Exception):
    """Base of every error that is the input's fault rather than the program's."""


class UnknownNameError(CdsError, LookupError):
    """A province, index, notebook or other name that is not known; carries the closest names in
    ``suggestions``.
    """

    def __init__(self, kind: str, name: object, suggestions: Sequence[str] = (), hint: str = "") -> None:
        self.kind, self.name, self.suggestions = kind, name, list(suggestions)
        shown = str(name) if len(str(name)) <= 80 else f"{str(name)[:77]}..."
        message = f"unknown {kind} {shown!r}"
        if self.suggestions:
            message += "; did you mean " + " or ".join(repr(s) for s in self.suggestions) + "?"
        super().__init__(message + (f" {hint}" if hint else ""))

    @classmethod
    def of_several(cls, errors: Sequence[UnknownNameError]) -> UnknownNameError:
        """Put several unknown names of one kind into one error, which lists them all."""
        shown = [
            f"{e.name!r}" + (f" ({' or '.join(e.suggestions)}?)" if e.suggestions else "") for e in errors
        ]
        whole = cls(errors[0].kind, ", ".join(str(e.name) for e in errors))
        whole.suggestions = [s for e in errors for s in e.suggestions]
        whole.args = (f"{len(errors)} unknown names of a {errors[0].kind}: {'; '.join(shown)}",)
        return whole


class ParameterError(CdsError, ValueError):
    """A parameter of a notebook, measure or command that is unknown, of the wrong type, or out of range."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a data folder: where it is, which rule it breaks, and the value found there."""

    file: str
    row: int | None
    column: str | None
    rule: str
    value: str | None = None

    def __str__(self) -> str:
        where = self.file
        if self.row is not None:
            where += f", row {self.row}"
        if self.column:
            where += f", column {self.column}"
        found = "" if self.value is None else f" (found {self.value[:80]!r})"
        return f"{where}: {self.rule}{found}"


class DataError(CdsError, ValueError):
    """A data folder that breaks its schemas; ``problems`` lists them all, the message shows the first 20."""

    def __init__(self, folder: object, problems: Sequence[Problem]) -> None:
        self.folder, self.problems = str(folder), list(problems)
        shown = [f"  {p}" for p in self.problems[:MAX_PROBLEMS_SHOWN]]
        left = len(self.problems) - len(shown)
        if left > 0:
            shown.append(f"  ... and {left} more (the first {MAX_PROBLEMS_SHOWN} are shown)")
        count = f"{len(self.problems)} problem{'s' if len(self.problems) != 1 else ''}"
        super().__init__(f"{count} in {folder}; row 1 is the header:\n" + "\n".join(shown))


def lacks(what: str, kind: str, name: str, known: Sequence[str]) -> ParameterError:
    """Return the error for a column or parameter that there is not, with the closest name and all that there
    are.

    Examples
    --------
    >>> print(lacks("ranks", "column", "yaer", ["year", "rank"]))
    ranks has no column 'yaer'; did you mean 'year'? It has: year, rank.
    """
    near = closest(name, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    return ParameterError(f"{what} has no {kind} {name!r}{hint} It has: {', '.join(known)}.")


def closest(name: str, known: Sequence[str], n: int = 3) -> list[str]:
    """Return up to `n` of the `known` names that look most like `name`, best first.

    Examples
    --------
    >>> closest("lang-sonn", ["lang-son", "long-an"], n=1)
    ['lang-son']
    """
    return get_close_matches(str(name), list(known), n=n, cutoff=0.6)


def several(count: int, noun: str, plural: str = "") -> str:
    """Return a count with its noun in English, for messages at the keyboard.

    Examples
    --------
    >>> several(1, "row"), several(1_240, "row")
    ('1 row', '1,240 rows')
    """
    return f"{count:,} {gettext.ngettext(noun, plural or noun + 's', count)}"
