"""How the landing page calls provinces, and where its links lead: to a page that was made, else to a card on
the landing page itself that says what is known and which command makes the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cds_analysis.dataset.load import Dataset
from cds_analysis.views.text import Text
from cds_analysis.views.wording import collation_key

__all__ = ["Page", "Ways", "anchor"]

_SHORT = 8  # letters that fit a tile


@dataclass(frozen=True)
class Page:
    """A report that can be made: its notebook's name, heading in each language, and whether it is the
    profile.
    """

    name: str
    titles: dict[str, str]
    is_profile: bool = False


def anchor(kind: str, name: str) -> str:
    """Return the address of a card on the page.

    Examples
    --------
    >>> anchor("indicator", "dti_rank")
    '#indicator-dti_rank'
    """
    return f"#{kind}-{name.replace('/', '.')}"


class Ways:
    """Names and links in one language.

    Parameters
    ----------
    data, t
        The dataset, and the language.
    reports
        Entries of the manifest whose pages are there.
    pages
        All reports that can be made, in reading order.
    """

    def __init__(self, data: Dataset, t: Text, reports: list[dict], pages: list[Page]) -> None:
        self.data, self.t, self.reports, self.pages = data, t, reports, pages
        profile = next((page.name for page in pages if page.is_profile), "")
        self._made: dict[str, dict[str, str]] = {}
        self._profiles: dict[str, dict[str, str]] = {}
        for entry in reports:
            if entry["notebook"] == profile and entry["provinces"] == [entry["stem"]]:
                self._profiles.setdefault(entry["stem"], {})[entry["lang"]] = entry["path"]
            if entry["stem"] == entry["notebook"]:
                self._made.setdefault(entry["notebook"], {})[entry["lang"]] = entry["path"]

    @cached_property
    def _names(self) -> dict[str, dict]:
        return {row["province_id"]: row for row in self.data.provinces.iter_rows(named=True)}

    @cached_property
    def provinces(self) -> list[str]:
        """The ids of the provinces in dictionary order of their names."""
        return sorted(self._names, key=lambda p: collation_key(self.name(p)))

    def name(self, province: str) -> str:
        """Return the name of a province as it is written, in English too."""
        return self._names[province]["name_vi"]

    def short(self, province: str) -> str:
        """Return a name that fits a tile: one of three words or more gives way to the first alias that is
        short.
        """
        name, aliases = self.name(province), (self._names[province]["aliases"] or "").split(";")
        if len(name.split()) < 3:
            return name
        return next((alias for alias in aliases if 0 < len(alias) <= _SHORT), name)

    def spoken(self, province: str) -> str:
        """Return the name within a sentence: a city that is known by its short name goes by it, as TP.HCM."""
        is_city = self._names[province]["kind"] == "municipality"
        return self.short(province) if is_city else self.name(province)

    def _in_my_language(self, paths: dict[str, str]) -> str | None:
        return paths.get(self.t.lang) or next(iter(paths.values()), None)

    def profile(self, province: str) -> str | None:
        """Return the address of a province's profile, None where it was not made yet."""
        return self._in_my_language(self._profiles.get(province, {}))

    def to_province(self, province: str) -> str:
        """Return where a click on a province leads: its profile, else its card."""
        return self.profile(province) or anchor("province", province)

    def page(self, name: str) -> str | None:
        """Return the address of a report about the whole country, None where it was not made yet; of the
        profiles, the list of them.
        """
        if any(page.name == name and page.is_profile for page in self.pages):
            return "#pages" if self._profiles else None
        return self._in_my_language(self._made.get(name, {}))

    def to_page(self, name: str) -> str:
        """Return where a click on a report leads: its page, else its card."""
        return self.page(name) or anchor("page", name)
