"""The data dictionary (``data/README.md``) and the Frictionless Data Package, both generated from the
schemas.
"""

from __future__ import annotations

import json
from inspect import cleandoc
from pathlib import Path

import dataframely as dy

from cds_analysis.dataset.checks import RULES
from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.schemas import FOREIGN_KEYS, TABLES
from cds_analysis.errors import CdsError

__all__ = ["data_package", "data_readme", "write_documents"]

_TYPES = {"String": "string", "Float64": "number", "Int64": "integer", "Date": "date"}

_INTRO = """# The dataset

Generated from `cds_analysis/dataset/schemas/` by `cds check --write`; do not edit by hand. One tidy CSV a
table, UTF-8, decimal point, ISO dates; an empty cell means what its column says. `scores` is split by index
into `scores/*.csv`. A table is given once, as CSV or as Parquet, and every file that looks like a table must
be one.

Not recorded as figures, though the articles print them: dates, numbers of decisions and plans, spans of
years, the age of 15 in "from 15 years of age", levels of services and identity ("mức 4", "mức độ 2"),
ordinals and names ("Quốc lộ 51", "chợ 4.0", "công nghiệp lần thứ 4"), "3 lĩnh vực" (the three pillars), visit
counters and links to other articles.
"""


_RULES_INTRO = """## The gate

What `cds check`, `cds add`, `cds import` and every batch of reports check beyond the schemas. An error is
refused; a warning can be accepted in `accepted.csv`, for the value found and with a reason.

| rule | level | tables | method |
|---|---|---|---|"""


def _type(column: dy.Column) -> str:
    return _TYPES[type(column).__name__]


def _files(folder: Path, name: str) -> list[str]:
    several = folder / name
    return sorted(f"{name}/{f.name}" for f in several.glob("*.csv")) if several.is_dir() else [f"{name}.csv"]


def _links(name: str) -> list[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    return [(columns, other, keys) for table, columns, other, keys in FOREIGN_KEYS if table == name]


def data_readme(data: Dataset) -> str:
    """Return the data dictionary as Markdown."""
    parts = [_INTRO]
    for name, schema in TABLES.items():
        rows = getattr(data, name).height
        parts.append(
            f"## {name}\n\n{cleandoc(schema.__doc__ or '')} Rows: {rows:,}. Key:"
            f" {', '.join(f'`{k}`' for k in schema.primary_key())}.\n"
        )
        parts.append("| column | type | empty? | meaning |\n|---|---|---|---|")
        for column, definition in schema.columns().items():
            allowed = (definition.metadata or {}).get("enum")
            meaning = (definition.description or "") + (
                f" One of: {', '.join(f'`{a}`' for a in allowed)}." if allowed else ""
            )
            meaning += "".join(f" See `{other}`." for columns, other, _ in _links(name) if column in columns)
            parts.append(
                f"| `{column}` | {_type(definition)} | {'yes' if definition.nullable else 'no'} | {meaning} |"
            )
        rules = [v.validation_fn.__doc__ for v in vars(schema).values() if hasattr(v, "validation_fn")]
        if rules:
            parts.append("\nRules: " + "; ".join(cleandoc(r) for r in rules) + ".")
        parts.append("")
    parts.append(_RULES_INTRO)
    parts += [
        f"| `{r.name}` | {r.level} |"
        f" {', '.join(f'`{t}`' for t in r.tables) if len(r.tables) < len(TABLES) else 'all'} | {r.method} |"
        for r in RULES.values()
    ]
    return "\n".join(parts).rstrip() + "\n"


def data_package(data: Dataset) -> dict:
    """Return the folder as a Frictionless Data Package (version 2)."""
    resources = []
    for name, schema in TABLES.items():
        fields = []
        for column, definition in schema.columns().items():
            constraints = {"required": not definition.nullable}
            for key, target in (("min", "minimum"), ("max", "maximum"), ("regex", "pattern")):
                if getattr(definition, key, None) is not None:
                    constraints[target] = getattr(definition, key)
            if enum := (definition.metadata or {}).get("enum"):
                constraints["enum"] = enum
            fields.append(
                {
                    "name": column,
                    "type": _type(definition),
                    "description": definition.description,
                    "constraints": constraints,
                }
            )
        links = []
        for columns, other, keys in _links(name):
            if (name, columns) != ("targets", ("scope",)):  # may also be the nation, which is in no table
                links.append(
                    {"fields": list(columns), "reference": {"resource": other, "fields": list(keys)}}
                )
        table = {"fields": fields, "primaryKey": schema.primary_key(), "missingValues": [""]}
        if links:
            table["foreignKeys"] = links
        files = _files(data.folder, name)
        resources.append(
            {
                "name": name.replace("_", "-"),
                "path": files if len(files) > 1 else files[0],
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "description": cleandoc(schema.__doc__ or ""),
                "schema": table,
            }
        )
    for resource in resources:
        for link in resource["schema"].get("foreignKeys", []):
            link["reference"]["resource"] = link["reference"]["resource"].replace("_", "-")
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "vietnam-provincial-digital-transformation",
        "title": "Vietnam's provincial digital transformation: indicators, targets, rankings",
        "resources": resources,
    }


def write_documents(data: Dataset) -> list[Path]:
    """Write both documents into the data folder and return their paths."""
    readme, package = data.folder / "README.md", data.folder / "datapackage.json"
    try:
        readme.write_text(data_readme(data), encoding="utf-8")
        package.write_text(
            json.dumps(data_package(data), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    except OSError as error:
        raise CdsError(f"cannot write into the data folder {data.folder}: {error.strerror}") from None
    return [readme, package]
