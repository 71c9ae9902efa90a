"""``python -m cds_analysis`` is ``cds``."""

from cds_analysis.cli import main

main()
