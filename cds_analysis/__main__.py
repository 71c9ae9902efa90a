"""``python -m cds_analysis`` is ``cds``."""

from cds_analysis.cli.main import main

main()
