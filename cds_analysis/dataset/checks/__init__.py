"""The gate: one list of named rules that no figure passes unseen. See :mod:`~cds_analysis.dataset.checks.gate`."""

from cds_analysis.dataset.checks.finding import ERROR, RULES, WARNING, Finding
from cds_analysis.dataset.checks.gate import findings, gate

__all__ = ["ERROR", "RULES", "WARNING", "Finding", "findings", "gate"]
