"""A page for each index and language, written from the register, the breaks and the scores; nothing is typed.

Who makes it, of what it consists, what changed when, which years and provinces are on record, and from where.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

import cds_analysis as cds
from cds_analysis.dataset.register import Series, parts_of, series_of

__all__ = ["index_page", "write_index_pages"]

_FEW = 8  # missing provinces that are named; more are counted
_WORDS = {
    "en": {
        "all": "The indices",
        "intro": "Written from the register, the breaks and the scores of the dataset when this was built.",
        "maker": "Made by",
        "scale": "Scale",
        "scale_unknown": "not the same in all years",
        "groups": "Groups",
        "evidence": "Rests on",
        "whole": "The whole is",
        "merge": "For the units of 2025",
        "code": "In code",
        "parts": "What it consists of",
        "changes": "What changed when",
        "no_changes": "No change is on record.",
        "record": "What is on record, and what is missing",
        "sources": "Sources",
        "share": "of 63 provinces",
        "columns": ("year", "scores", "ranks", "without either"),
        "full": "A year is full from {n} provinces on; ranks, means and standings are computed in full years"
        " only.",
        "change_columns": ("from year", "of", "what changed", "how it is known", "what it moved"),
        "source_columns": ("published", "publisher", "title"),
        "more": "{n} further parts have the same entry",
    },
    "vi": {
        "all": "Các bộ chỉ số",
        "intro": "Trang này được tạo từ danh mục, bảng thay đổi định nghĩa và bảng điểm của bộ dữ liệu.",
        "maker": "Cơ quan công bố",
        "scale": "Thang điểm",
        "scale_unknown": "không giống nhau ở mọi năm",
        "groups": "Cách chia nhóm",
        "evidence": "Dựa trên",
        "whole": "Điểm chung là",
        "merge": "Cho đơn vị hành chính năm 2025",
        "code": "Trong mã lệnh",
        "parts": "Gồm những gì",
        "changes": "Thay đổi gì, từ năm nào",
        "no_changes": "Chưa ghi nhận thay đổi nào.",
        "record": "Có số liệu nào, thiếu gì",
        "sources": "Nguồn",
        "share": "trên 63 tỉnh",
        "columns": ("năm", "điểm", "thứ hạng", "thiếu cả hai"),
        "full": "Năm được coi là đủ khi có từ {n} tỉnh; chỉ các năm đủ mới được tính thứ hạng, trung bình và"
        " vị thế.",
        "change_columns": ("từ năm", "của", "thay đổi gì", "căn cứ", "tác động"),
        "source_columns": ("công bố", "đơn vị công bố", "tên"),
        "more": "{n} thành phần khác cũng có mục này",
    },
}
_VALUES = {
    "en": {
        "documents": "documents and statistics of the administration",
        "citizens": "answers of citizens",
        None: "not recorded",
        "sum": "the sum of its parts",
        "mean": "the plain mean of its parts",
        "none": "as published; how it follows from its parts is not computed here",
        "quartiles": "quartiles among the provinces published",
        "cuts": "by score: {cuts}",
        "documented": "written by its publisher",
        "detected": "seen in the figures only",
        "inherited": "from its index",
        "level": "the level; the order of provinces kept",
        "order": "the order of provinces",
        "merge:mean": "plain mean of the former provinces",
        "merge:weighted_mean": "mean of the former provinces, weighted by population",
        "merge:sum": "sum of the former provinces",
        "merge:none": "not estimated",
        "group:none": "none",
        "effect:None": "not measured",
    },
    "vi": {
        "documents": "hồ sơ và số liệu của cơ quan hành chính",
        "citizens": "ý kiến người dân",
        None: "chưa ghi nhận",
        "sum": "tổng các thành phần",
        "mean": "trung bình cộng các thành phần",
        "none": "như được công bố; không tính lại từ các thành phần",
        "quartiles": "tứ phân vị trong các tỉnh được công bố",
        "cuts": "theo điểm: {cuts}",
        "documented": "đơn vị công bố nêu",
        "detected": "chỉ nhận thấy trong số liệu",
        "inherited": "theo bộ chỉ số",
        "level": "mức điểm; thứ tự các tỉnh giữ nguyên",
        "order": "thứ tự các tỉnh",
        "merge:mean": "trung bình cộng các tỉnh cũ",
        "merge:weighted_mean": "trung bình các tỉnh cũ, theo dân số",
        "merge:sum": "tổng các tỉnh cũ",
        "merge:none": "không ước tính",
        "group:none": "không chia",
        "effect:None": "chưa đo",
    },
}


def _table(head, rows) -> list[str]:
    cells = [[str(c).replace("|", "\\|") for c in row] for row in (head, ["---"] * len(head), *rows)]
    return ["| " + " | ".join(row) + " |" for row in cells]


def _facts(whole: Series, lang: str) -> list[str]:
    """Return what the register says of an index."""
    w, v = _WORDS[lang], _VALUES[lang]
    scale = w["scale_unknown"]
    if whole.scale_min is not None and whole.scale_max is not None:
        scale = f"{whole.scale_min:g}–{whole.scale_max:g}"
    cuts = ", ".join(f"{group} ≥ {low:g}" for group, low in (whole.group_cuts or {}).items())
    groups = v["group:none" if whole.grouping == "none" else whole.grouping].format(cuts=cuts)
    facts = {
        "maker": whole.publisher,
        "scale": scale,
        "groups": groups,
        "evidence": v[whole.evidence],
        "whole": v[whole.aggregation],
        "merge": v[f"merge:{whole.merge_rule}"],
        "code": f'`cds.open().ranks("{whole.index_id}")`',
    }
    return [f"- **{w[key]}**: {said}" for key, said in facts.items()]


def _changes(study: cds.Study, whole: Series, lang: str) -> list[str]:
    """Return the breaks of an index, those of the same words in one row."""
    w, v = _WORDS[lang], _VALUES[lang]
    rows = study.data.breaks.filter(pl.col("index_id") == whole.index_id).sort("year", "dimension_id")
    if not rows.height:
        return [w["no_changes"]]
    reason, listed = f"reason_{lang}", []
    for (year, said, kind, effect), group in rows.group_by(
        "year", pl.col(reason).str.replace_all(r"\d[.,]\d+", "…"), "kind", "effect", maintain_order=True
    ):
        names = [
            study.text.index_short(d_index) if d == whole.dimension_id else study.text.part(d_index, d)
            for d_index, d in group.select("index_id", "dimension_id").iter_rows()
        ]
        many = f"{names[0]}; {w['more'].format(n=len(names) - 1)}"
        shown = ", ".join(names) if len(names) <= 3 else many
        words = group[reason][0] if group.height == 1 else said
        listed.append((year, shown, words, v[kind], v[effect or "effect:None"]))
    return _table(w["change_columns"], listed)


def _record(study: cds.Study, whole: Series, lang: str) -> list[str]:
    """Return how many provinces each year has, and who is missing where few are."""
    rows = study.data.scores.filter(
        pl.col("index_id") == whole.index_id, pl.col("dimension_id") == whole.dimension_id
    )
    everyone, listed = study.data.provinces["province_id"].to_list(), []
    for year in sorted(rows["year"].unique()):
        here = rows.filter(pl.col("year") == year)
        known = set(here.filter(pl.col("score").is_not_null() | pl.col("rank").is_not_null())["province_id"])
        missing = [study.text.province(p) for p in everyone if p not in known]
        named = ", ".join(missing) if len(missing) <= _FEW else str(len(missing))
        listed.append((year, here["score"].count(), here["rank"].count(), named or "–"))
    return _table(_WORDS[lang]["columns"], listed)


def _sources(study: cds.Study, whole: Series, lang: str) -> list[str]:
    ids = study.data.scores.filter(pl.col("index_id") == whole.index_id)["source_id"].unique()
    rows = study.data.sources.filter(pl.col("source_id").is_in(ids.to_list())).sort(
        "published", descending=True, nulls_last=True
    )
    listed = [
        (r["published"] or "–", r["publisher"], f"[{r['title']}]({r['url']})" if r["url"] else r["title"])
        for r in rows.iter_rows(named=True)
    ]
    return _table(_WORDS[lang]["source_columns"], listed)


def index_page(study: cds.Study, whole: Series) -> str:
    """Return the page of one index in the study's language."""
    lang, indices = study.lang, study.data.indices
    w = _WORDS[lang]
    lines = [f"# {whole.name_vi if lang == 'vi' else whole.name_en}", "", w["intro"], ""]
    lines += _facts(whole, lang)
    if parts := parts_of(indices, whole.index_id):
        lines += ["", f"## {w['parts']}", ""]
        for part in parts:
            number = f"{part.number}. " if part.number else ""
            below = parts_of(indices, whole.index_id, part.dimension_id)
            names = ", ".join(p.name_vi if lang == "vi" else p.name_en for p in below)
            name = part.name_vi if lang == "vi" else part.name_en
            code = f"`{part.index_id}.{part.code}`"
            lines.append(f"- {number}{name} ({code})" + (f": {names}" if names else ""))
    lines += ["", f"## {w['changes']}", "", *_changes(study, whole, lang)]
    lines += ["", f"## {w['record']}", "", w["full"].format(n=study.data.full_from), ""]
    lines += _record(study, whole, lang)
    lines += ["", f"## {w['sources']}", "", *_sources(study, whole, lang), ""]
    return "\n".join(lines)


def write_index_pages(folder: Path) -> int:
    """Write the pages of every index in both languages below a folder, and return how many."""
    written = 0
    for lang, below in (("en", folder / "indices"), ("vi", folder / "vi/indices")):
        study = cds.open(lang=lang)
        below.mkdir(parents=True, exist_ok=True)
        wholes = [s for s in series_of(study.data.indices) if s.is_whole]
        for whole in wholes:
            (below / f"{whole.index_id}.md").write_text(index_page(study, whole), encoding="utf-8")
        names = "\n".join(s.index_id for s in wholes)
        w = _WORDS[lang]
        page = f"# {w['all']}\n\n{w['intro']}\n\n```{{toctree}}\n:maxdepth: 1\n\n{names}\n```\n"
        (below / "index.md").write_text(page, encoding="utf-8")
        written += len(wholes)
    return written
