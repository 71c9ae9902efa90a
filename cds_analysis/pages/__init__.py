"""From an executed notebook to a page: HTML, the index, PDF."""
