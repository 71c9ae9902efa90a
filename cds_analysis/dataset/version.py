"""The version of the data, apart from that of the code."""

from __future__ import annotations

import hashlib

from cds_analysis.dataset.load import Dataset, eager
from cds_analysis.dataset.schemas import TABLES

__all__ = ["data_version"]

_LETTERS = 8  # of the checksum in a version


def data_version(data: Dataset) -> str:
    """Return the version of the data: the last day that they speak of, and the start of the checksum of all
    rows.

    It is apart from the version of the code, and any change of any row changes it.

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> data_version(data).startswith(f"{data.judged_on}.")
    True
    """
    digest = hashlib.sha256()
    for name, schema in TABLES.items():
        rows = eager(getattr(data, name)).select(list(schema.columns())).sort(schema.primary_key())
        digest.update(rows.write_csv().encode())
    return f"{data.judged_on}.{digest.hexdigest()[:_LETTERS]}"
