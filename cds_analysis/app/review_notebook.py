"""The notebook that opens the review of an article's candidates."""

from __future__ import annotations

from pathlib import Path

import nbformat

from cds_analysis.errors import CdsError

__all__ = ["review_notebook"]


def review_notebook(candidates: Path, article: Path, data_dir: Path | None) -> Path:
    """Write a notebook beside the candidates that opens :class:`~cds_analysis.app.review.Review` on them;
    return its path.

    Raises
    ------
    CdsError
        When it cannot be written.
    """
    own = f", load({str(Path(data_dir).resolve())!r})" if data_dir else ""
    load = "from cds_analysis import load\n" if data_dir else ""
    code = (
        f"{load}from cds_analysis.app.review import Review\n\nReview({str(candidates.resolve())!r},"
        f" {str(article.resolve())!r}{own})"
    )
    prose = (
        "# Duyệt số liệu\n\nChạy ô dưới (Shift+Enter). Mỗi quyết định được ghi ngay vào tệp; có thể dừng và"
        " làm tiếp bất cứ lúc nào.\n\nRun the cell below. Each decision is written at once."
    )
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(prose), nbformat.v4.new_code_cell(code)]
    )
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = candidates.with_suffix(".review.ipynb")
    try:
        nbformat.write(notebook, path)
    except OSError as error:
        raise CdsError(f"cannot write {path}: {error.strerror or error}") from None
    return path
