"""How a notebook is run: kernel, in-process shell, fork server, pool, Dask."""
