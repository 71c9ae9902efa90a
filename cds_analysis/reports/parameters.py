"""Parameters of notebooks: what each is, by the kind and range that its notebook declares, and the check of
values before anything runs.

A notebook says in its metadata what its parameters are (``cds.parameters``), for example ``{"year": {"kind":
"year", "of": "index"}, "draws": {"min": 1}}``. A kind gives a value its check, and where the user gives none
and the notebook's own default is not in the data, one that is.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from cds_analysis.dataset.load import Dataset, eager
from cds_analysis.dataset.provinces import find_province, find_provinces
from cds_analysis.dataset.series import check_index, parse_day
from cds_analysis.errors import ParameterError, lacks
from cds_analysis.measures.units import UNITS
from cds_analysis.views.wording import LANGUAGES

__all__ = ["KINDS", "OPTIONS", "Parameter", "checked_parameters", "default_provinces", "read_parameters"]

OPTIONS = {"language": "--lang", "folder": "--data", "province": "--province", "provinces": "--province"}
_FEW = 4  # provinces picked out where the notebook names others
_YEARS = (2000, 2100)
_TYPES = {"str": str, "int": int, "float": float, "bool": bool, "list": list}
_NAMES = {int: "a whole number", float: "a number", bool: "true or false"}
_BOUNDS: dict[str, tuple[str, Callable]] = {
    "min": ("at least", lambda value, bound: value >= bound),
    "max": ("at most", lambda value, bound: value <= bound),
    "above": ("above", lambda value, bound: value > bound),
}


@dataclass(frozen=True)
class Parameter:
    """One line of a notebook's parameters cell, with what the notebook declares of it.

    ``kind`` is one of `KINDS` or empty for a plain value; ``of`` names the parameter with the index of a
    dimension or year, ``before`` the later of two years; ``bounds`` may have ``min``, ``max`` and ``above``.
    """

    name: str
    type: type
    default: object
    help: str
    kind: str = ""
    of: str = ""
    before: str = ""
    bounds: dict[str, float] = field(default_factory=dict)


def read_parameters(notebook: dict) -> dict[str, Parameter]:
    """Return the parameters of a notebook (as its JSON has it), by name.

    Raises
    ------
    ParameterError
        When its metadata declares a parameter that it does not have, or an unknown kind, or a line of its
        parameters cell says no type or value.
    """
    declared = notebook["metadata"].get("cds", {}).get("parameters", {})
    cells = [c for c in notebook["cells"] if "parameters" in c["metadata"].get("tags", [])]
    found = {}
    for line in ("".join(cells[0]["source"]) if cells else "").splitlines():
        match ast.parse(line).body:
            case [ast.AnnAssign(ast.Name(name), ast.Name(kind), ast.expr() as default)] if kind in _TYPES:
                about = declared.get(name, {})
                found[name] = Parameter(
                    name,
                    _TYPES[kind],
                    ast.literal_eval(default),
                    line.partition("#")[2].strip(),
                    kind=about.get("kind", ""),
                    of=about.get("of", ""),
                    before=about.get("before", ""),
                    bounds={k: about[k] for k in _BOUNDS if k in about},
                )
            case [ast.AnnAssign(), *_]:
                known = ", ".join(_TYPES)
                raise ParameterError(
                    f"a parameter must read `name: type = value`, of the types {known}: {line}"
                )
    for name, about in declared.items():
        wrong = set(about) - {"kind", "of", "before", *_BOUNDS}
        named = [about[key] for key in ("of", "before") if key in about]
        if name not in found or wrong or about.get("kind", "") not in ("", *KINDS) or set(named) - set(found):
            raise ParameterError(f"the notebook declares a parameter that cannot be: {name}: {about}")
    return found


def _typed(parameter: Parameter, value: object) -> object:
    if isinstance(value, parameter.type) and not (parameter.type is int and isinstance(value, bool)):
        return value
    text = str(value)
    try:
        if parameter.type is str:
            return text
        if parameter.type is list:
            return [part.strip() for part in text.split(",") if part.strip()]
        if parameter.type is bool:
            return {"true": True, "false": False}[text.lower()]
        return parameter.type(text)
    except (ValueError, KeyError, OverflowError):
        raise ParameterError(
            f"parameter {parameter.name} must be {_NAMES[parameter.type]}, not {text!r}"
        ) from None


def _in_range(parameter: Parameter, value: object) -> None:
    is_number = isinstance(value, int | float)
    wrong = is_number and not math.isfinite(value)
    if wrong or not all(_BOUNDS[k][1](value, bound) for k, bound in parameter.bounds.items()):
        wanted = " and ".join(f"{_BOUNDS[k][0]} {bound:,}" for k, bound in parameter.bounds.items())
        raise ParameterError(
            f"parameter {parameter.name} must be {_NAMES[parameter.type]} {wanted}".rstrip()
            + f", not {value}"
        )


def checked_parameters(
    notebook: str, parameters: dict[str, Parameter], given: dict[str, object], data: Dataset
) -> dict[str, object]:
    """Return the values a notebook will get: those given, typed and with provinces as ids, and those that
    stand in for defaults which this dataset does not have.

    Parameters
    ----------
    notebook
        Its name, for what is said.
    parameters
        From :func:`read_parameters`.
    given
        Values by name.
    data
        The dataset of the report.

    Raises
    ------
    ParameterError, UnknownNameError
        For an unknown parameter, a value of the wrong type or out of its range, an unknown province, index,
        dimension or language, a bad date.
    """
    values = {}
    for name, value in given.items():
        if name not in parameters:
            raise lacks(f"notebook {notebook}", "parameter", name, list(parameters))
        values[name] = _typed(parameters[name], value)
        _in_range(parameters[name], values[name])
    order = sorted(
        parameters.values(), key=lambda p: (bool(p.of), bool(p.before))
    )  # an index before its years
    for parameter in order:
        if parameter.kind:
            merged = {p.name: p.default for p in order} | values
            check, fit = KINDS[parameter.kind]
            if parameter.name in values:
                values[parameter.name] = check(parameter, merged, data)
            elif (fitting := fit(parameter, merged, data)) != parameter.default:
                values[parameter.name] = fitting
    merged: dict[str, Any] = {p.name: p.default for p in order} | values
    for parameter in order:
        if parameter.before and merged[parameter.name] >= merged[parameter.before]:
            raise ParameterError(
                f"{parameter.name} must be before {parameter.before}, not {merged[parameter.name]} and"
                f" {merged[parameter.before]}"
            )
    return values


# ---- kinds: the check of a value that is given, and what stands in for a default that is not in the data


def _same(parameter: Parameter, merged: dict, data: Dataset) -> object:
    return merged[parameter.name]


def _language(parameter: Parameter, merged: dict, data: Dataset) -> str:
    if merged[parameter.name] not in LANGUAGES:
        raise ParameterError(f"{parameter.name} must be 'vi' or 'en', not {merged[parameter.name]!r}")
    return merged[parameter.name]


def _units(parameter: Parameter, merged: dict, data: Dataset) -> str:
    if merged[parameter.name] not in UNITS:
        raise ParameterError(
            f"{parameter.name} must be '63' (provinces until June 2025) or '34' (units since July 2025), not"
            f" {merged[parameter.name]!r}"
        )
    return merged[parameter.name]


def _day(parameter: Parameter, merged: dict, data: Dataset) -> str:
    try:
        parse_day(merged[parameter.name])
    except ParameterError:
        raise ParameterError(
            f"{parameter.name} must be a date like 2024-06-30, not {merged[parameter.name]!r}"
        ) from None
    return merged[parameter.name]


def _index(parameter: Parameter, merged: dict, data: Dataset) -> str:
    check_index(data, merged[parameter.name], _any_dimension(merged[parameter.name], data))
    return merged[parameter.name]


def _any_dimension(index: str, data: Dataset) -> str:
    return next(iter(_dimensions(index, data)), "overall")


def _dimensions(index: str, data: Dataset) -> list[str]:
    return data.indices.filter(pl.col("index_id") == index)["dimension_id"].to_list()


def _index_on_record(parameter: Parameter, merged: dict, data: Dataset) -> str:
    """Return the default where it has scores, else the index with most, or the first of the register."""
    counts = eager(data.scores.group_by("index_id").len()).sort("len", "index_id", descending=[True, False])
    known = [*counts["index_id"], *data.indices["index_id"]]
    return (
        merged[parameter.name]
        if merged[parameter.name] in known
        else next(iter(known), merged[parameter.name])
    )


def _dimension(parameter: Parameter, merged: dict, data: Dataset) -> str:
    check_index(data, merged[parameter.of], merged[parameter.name])
    return merged[parameter.name]


def _dimension_on_record(parameter: Parameter, merged: dict, data: Dataset) -> str:
    known = _dimensions(merged[parameter.of], data)
    return merged[parameter.name] if merged[parameter.name] in known or not known else known[0]


def _year(parameter: Parameter, merged: dict, data: Dataset) -> int:
    if not _YEARS[0] <= merged[parameter.name] <= _YEARS[1]:
        raise ParameterError(
            f"parameter {parameter.name} must be a year such as 2023, not {merged[parameter.name]!r}"
        )
    return merged[parameter.name]


def _year_on_record(parameter: Parameter, merged: dict, data: Dataset) -> int:
    """Return the default where its index has figures of that year, else the newest that has; of two years the
    earlier is the one before.
    """
    of_index = data.scores.filter(pl.col("index_id") == merged.get(parameter.of))
    years = sorted(eager(of_index.select("year").unique())["year"].drop_nulls())
    later = merged.get(parameter.before)
    usable = [y for y in years if later is None or y < later]
    if merged[parameter.name] in usable or not years:
        return merged[parameter.name]
    return usable[-1] if usable or later is None else later - 1


def _province(parameter: Parameter, merged: dict, data: Dataset) -> str:
    return find_province(merged[parameter.name], data.provinces)


def _provinces(parameter: Parameter, merged: dict, data: Dataset) -> list[str]:
    return find_provinces(merged[parameter.name], data.provinces)


def _province_on_record(parameter: Parameter, merged: dict, data: Dataset) -> str:
    known = data.provinces["province_id"]
    return merged[parameter.name] if merged[parameter.name] in known else default_provinces(data)[0]


def _provinces_on_record(parameter: Parameter, merged: dict, data: Dataset) -> list[str]:
    known = set(data.provinces["province_id"])
    named = merged[parameter.name]
    return [p for p in named if p in known] or (default_provinces(data)[:_FEW] if named else [])


def default_provinces(data: Dataset) -> list[str]:
    """Return the provinces that stand in for those a notebook names and the data lack: those that reported
    figures, or the first of a dataset without figures.
    """
    reported = eager(data.observations.select("province_id").unique().sort("province_id"))
    return reported["province_id"].to_list() or data.provinces["province_id"].head(_FEW).to_list()


KINDS: dict[str, tuple[Callable, Callable]] = {
    "language": (_language, _same),
    "folder": (_same, _same),
    "province": (_province, _province_on_record),
    "provinces": (_provinces, _provinces_on_record),
    "index": (_index, _index_on_record),
    "dimension": (_dimension, _dimension_on_record),
    "year": (_year, _year_on_record),
    "units": (_units, _same),
    "day": (_day, _same),
    "flag": (_same, _same),
}
