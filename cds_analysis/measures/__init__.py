"""Measures: a Polars frame in, a Polars frame out. Nothing here reads files, plots or prints."""
