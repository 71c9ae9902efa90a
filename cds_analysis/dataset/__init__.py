"""From the CSV tables in ``data/`` to validated Polars frames."""
