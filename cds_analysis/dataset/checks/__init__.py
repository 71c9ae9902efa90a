"""The gate: one list of named rules that no figure passes unseen. See
:mod:`~cds_analysis.dataset.checks.gate`.
"""

from cds_analysis.dataset.checks.finding import ERROR, RULES, WARNING, Finding
from cds_analysis.dataset.checks.gate import concerning, findings, gate, warning_titles

__all__ = ["ERROR", "RULES", "WARNING", "Finding", "concerning", "findings", "gate", "warning_titles"]
