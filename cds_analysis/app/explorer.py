"""The explorer: pick provinces, an index, years, and see them over time, compared, on a map, against targets,
in a table.

The widget is one: its script (``static/*.js``) holds the controls and draws, and this side says what there is
to choose (:mod:`cds_analysis.app.menu`) and makes the figure of a choice (:mod:`cds_analysis.study.figures`).
The whole selection is one short text (:attr:`Explorer.state`) that can be kept and given back, and a line of
Python.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from cds_analysis.app.menu import candidates, group_of, menu
from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import find_provinces
from cds_analysis.dataset.register import find_series
from cds_analysis.errors import CdsError, ParameterError
from cds_analysis.study.choice import Choice, read_choice, series_with_data, years_of
from cds_analysis.study.study import Study
from cds_analysis.views.interactive import Live
from cds_analysis.views.interactive.scripts import begin, draw_script, finish, vega
from cds_analysis.views.spreadsheet import flat_csv

__all__ = ["Explorer"]

_STATIC = Path(__file__).parent / "static"
_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Explorer(anywidget.AnyWidget):
    """All figures of a dataset, for provinces picked by name.

    Parameters
    ----------
    data
        From :func:`cds_analysis.load`.
    lang
        ``vi`` or ``en``; can be changed in the explorer.
    provinces
        Province ids picked at the start, in the order of their colours.
    index
        Index shown at the start; the first of the register that has a table by default.

    Examples
    --------
    >>> from cds_analysis import load
    >>> explorer = Explorer(load(), lang="en", provinces=["lang-son"], index="papi")
    >>> explorer.change(add=["peers of Lang Son"], last=2023)
    >>> explorer.state
    'en 63 papi/overall 2011-2023 all trend lang-son+quang-binh+tuyen-quang+yen-bai+bac-lieu+hoa-binh'
    >>> explorer.undo()
    >>> explorer.code
    "cds.open(lang='en').chart('papi', 'lang-son', years=(2011, 2024))"
    """

    _css = _STATIC / "explorer.css"
    menu = traitlets.Dict().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)

    def __init__(
        self, data: Dataset, *, lang: str = "vi", provinces: Sequence[str] = (), index: str | None = None
    ) -> None:
        bundling = begin()  # of Vega, in a process of its own, while the first figure is made
        self._data, self._studies, self._before, self._seq = data, {}, [], 0
        series = find_series(index, data.indices) if index else series_with_data(data)[0]
        years = years_of(data, series)
        if not years:
            raise ParameterError(f"{series.key} has no figures")
        found = tuple(find_provinces(list(provinces), data.provinces))
        self._choice = Choice(lang, "63", series.key, years[0], years[-1], provinces=found)
        self._figure = self._study.figures.draw(self._choice)
        finish(bundling)
        scripts = (_STATIC / f"{name}.js" for name in ("who", "table", "explorer"))
        self._esm = "\n".join([vega(), draw_script(), *(s.read_text(encoding="utf-8") for s in scripts)])
        super().__init__(menu=menu(self._study, self._choice), shown=self._as_shown())
        self.on_msg(self._asked)

    def __repr__(self) -> str:
        return f"Explorer({self.state!r})"

    # ---- what is shown

    @property
    def choice(self) -> Choice:
        """What is looked at."""
        return self._choice

    @property
    def selected(self) -> list[str]:
        """The ids picked, in the order they were picked."""
        return list(self._choice.provinces)

    @property
    def figure(self) -> Live:
        """The figure shown."""
        return self._figure

    @property
    def code(self) -> str:
        """The line of Python that gives the same figure."""
        return self._study.code(self._choice)

    @property
    def state(self) -> str:
        """The whole selection as a short text; set it to restore a selection.

        Raises
        ------
        ParameterError, UnknownNameError
            When the text is not a selection, or names what the dataset does not have; nothing changes then.
        """
        return self._study.text_of(self._choice)

    @state.setter
    def state(self, text: str) -> None:
        words = text.split()
        units = words[1] if len(words) > 1 and words[1] in ("63", "34") else "63"
        self._show(read_choice(text, self._study_of(self._choice.lang, units).data))

    def change(self, **changed: Any) -> None:
        """Change the choice: any of the fields of :class:`~cds_analysis.study.choice.Choice`; ``index`` keeps
        the part where the other index has it; ``add`` adds provinces and groups by name, such as ``top 10``.
        """
        choice = self._choice
        if index := changed.pop("index", None):
            changed["series"] = find_series(str(index), self._data.indices).key
        added = changed.pop("add", ())
        choice = choice.but(**{k: tuple(v) if k == "provinces" else v for k, v in changed.items()})
        if "tab" in changed and "view" not in changed and choice.tab != self._choice.tab:
            choice = choice.but(view="")
        if (
            choice.units != self._choice.units
        ):  # a province of before 2025 lies in one of the units, not the reverse
            choice = choice.but(provinces=self._in_units(choice))
        study = self._study_of(choice.lang, choice.units)
        if added:
            more = [p for name in added for p in group_of(str(name), study, choice)]
            choice = choice.but(provinces=tuple(dict.fromkeys([*choice.provinces, *more])))
        self._show(read_choice(str(choice), study.data))

    def undo(self) -> None:
        """Go back to the choice before the last change; nothing where there was none."""
        if self._before:
            self._show(self._before.pop(), remember=False)

    # ---- within

    def _study_of(self, lang: str, units: str) -> Study:
        if (lang, units) not in self._studies:
            whole = self._studies.get(("", units)) or Study.of(self._data, lang=lang, units=units).data
            self._studies["", units] = whole
            self._studies[lang, units] = Study(whole, lang=lang, units=units)
        return self._studies[lang, units]

    @property
    def _study(self) -> Study:
        return self._study_of(self._choice.lang, self._choice.units)

    def _in_units(self, choice: Choice) -> tuple[str, ...]:
        table = self._study_of(choice.lang, choice.units).data.provinces
        known = set(table["province_id"])
        if choice.units == "34":
            return tuple(dict.fromkeys(find_provinces(list(choice.provinces), table)))
        return tuple(p for p in choice.provinces if p in known)

    def _show(self, choice: Choice, *, remember: bool = True) -> None:
        if choice == self._choice:
            return
        before, self._choice = self._choice, choice
        try:
            self._figure = self._study.figures.draw(choice)
        except CdsError:
            self._choice = before
            raise
        if remember:
            self._before.append(before)
        if (before.lang, before.units) != (choice.lang, choice.units):
            self.menu = menu(self._study, choice)
        self.shown = self._as_shown()

    def _as_shown(self, says: str = "") -> dict:
        choice, figure, study = self._choice, self._figure, self._study
        series = find_series(choice.series, study.data.indices)
        return {
            "seq": self._seq,
            "lang": choice.lang,
            "units": choice.units,
            "index": series.index_id,
            "series": choice.series,
            "indicator": choice.indicator,
            "first": choice.first,
            "last": choice.last,
            "years": years_of(study.data, series),
            "tab": choice.tab,
            "view": choice.shown,
            "other": choice.other or study.figures.usual_other(series),
            "provinces": list(choice.provinces),
            "state": self.state,
            "code": self.code,
            "file": study.file_name(choice),
            "can_undo": bool(self._before),
            "says": says,
            "title": figure.title,
            "subtitle": figure.subtitle,
            "alt": figure.alt,
            "notes": [*figure.notes, *candidates(study)["notes"]],
            "sources": study.linked_sources(figure),
            "rows": len(figure.data["rows"]),
            "figure": {
                "id": figure.spec_id,
                "spec": figure.spec,
                "data": figure.data,
                "params": figure.params,
                "heading": figure.heading,
            },
        }

    def _asked(self, _widget: object, message: dict, _buffers: object) -> None:
        """Answer the script: a change of the choice, or a file."""
        if kind := message.get("file"):
            self._send_file(kind)
            return
        self._seq = message.pop("seq", 0)
        before, says = self._choice, ""
        try:
            if message.get("undo"):
                self.undo()
            elif "state" in message:
                self.state = message["state"]
            else:
                self.change(**message)
        except CdsError:
            t = self._study.text
            says = t("This text names something that is not here; nothing was changed.")
        if before == self._choice:  # whoever asked waits for an answer
            self.shown = self._as_shown(says)

    def _send_file(self, kind: str) -> None:
        study, name = self._study, f"{self._study.file_name(self._choice)}.{kind}"
        numbers = study.numbers_of(self._choice, self._figure)
        if kind == "csv":  # the mark lets Excel read it as UTF-8
            text = flat_csv(numbers.named(), for_spreadsheet=True, decimal_comma=study.lang == "vi")
            content = b"\xef\xbb\xbf" + text.encode("utf-8")
        else:
            with tempfile.TemporaryDirectory() as folder:
                content = numbers.to_excel(Path(folder) / name).read_bytes()
        self.send({"name": name, "type": _TYPES[kind]}, [content])
