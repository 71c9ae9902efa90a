"""A report is made again only when something that it shows has changed."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

import cds_analysis as cds
from cds_analysis.cli.main import main
from cds_analysis.dataset.subset import Subsets
from cds_analysis.reports.batch import run, why
from cds_analysis.reports.catalogue import find_notebook
from cds_analysis.reports.plan import plan

NAMES = ("province_comparison", "target_gap", "ranking_trends", "province_profile")
FEW = ["lang-son", "da-nang", "vinh-phuc"]


def planned(data, **options):
    return {
        t.key: t
        for t in plan(
            [find_notebook(n) for n in NAMES], data, provinces=FEW, langs=["vi"], each=True, **options
        )
    }


def changed(before, after):
    return {k for k in before if before[k].fingerprint != after[k].fingerprint}


def edit(folder, file, province, column, value):
    frame = pl.read_csv(folder / file, infer_schema=False)
    who = pl.col("province_id") == province
    first = frame.with_row_index("n").filter(who)["n"][0]
    frame.with_columns(
        pl.when(pl.int_range(pl.len()) == first).then(pl.lit(value)).otherwise(column).alias(column)
    ).write_csv(folder / file)


def test_the_figures_of_a_province_remake_only_the_reports_that_show_them(folder):
    before = planned(cds.load(folder))
    edit(folder, "observations.csv", "lang-son", "locator", "p99")
    after = planned(cds.load(folder))
    # the reports of targets and of comparison show the figures of every province
    assert changed(before, after) == {
        "province_profile/lang-son.vi",
        *(f"province_comparison/{p}{index}.vi" for p in FEW for index in ("", ".index-dti")),
        *(f"target_gap/{p}.vi" for p in FEW),
    }
    assert {
        k
        for k in before["province_profile/lang-son.vi"].fingerprint
        if before["province_profile/lang-son.vi"].fingerprint[k]
        != after["province_profile/lang-son.vi"].fingerprint[k]
    } == {"data"}


def test_a_score_remakes_every_report_because_ranks_and_medians_depend_on_it(folder):
    before = planned(cds.load(folder))
    edit(folder, "scores/pci.csv", "lang-son", "score", "39.0")
    assert changed(before, planned(cds.load(folder))) == set(before)


def test_a_source_that_nobody_cites_remakes_nothing(folder):
    before = planned(cds.load(folder))
    file = folder / "sources.csv"
    row = pl.read_csv(file, infer_schema=False).head(1).with_columns(source_id=pl.lit("not-cited-yet"))
    file.write_text(file.read_text(encoding="utf-8") + row.write_csv(include_header=False), encoding="utf-8")
    assert changed(before, planned(cds.load(folder))) == set()


def test_a_part_has_only_the_rows_that_are_read(data):
    part = Subsets(data).cut({"observations": "own", "targets": "own", "claims": "none"}, ["da-nang"])
    assert set(part.observations["province_id"]) == {"da-nang"} and set(part.targets["scope"]) <= {
        "da-nang",
        "viet-nam",
    }
    assert part.claims.height == 0 and part.scores.height == data.scores.height and part.judged_on is not None
    cited = {
        s
        for name in ("observations", "targets", "scores", "context")
        for s in getattr(part, name)["source_id"]
    }
    assert cited <= set(part.sources["source_id"]) and part.sources.height < data.sources.height


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda m, out, t: m["reports"].pop(t.key), "new"),
        (lambda m, out, t: m["reports"][t.key].update(status="failed"), "failed last time"),
        (lambda m, out, t: m["reports"][t.key].update(status="missing"), "not finished"),
        (
            lambda m, out, t: m["reports"][t.key]["fingerprint"].update(package="x", data="y"),
            "its rows of data, the package",
        ),
        (lambda m, out, t: m["reports"][t.key].update(fingerprint={"of": "an older kind"}), "changed"),
        (lambda m, out, t: (out / t.path).unlink(), "page is gone"),
        (lambda m, out, t: (out / t.path).write_text("x"), "changed by hand"),
        (lambda m, out, t: (out / t.path).touch(), ""),
    ],
)
def test_why_a_report_would_be_made(data, tmp_path, write_notebook, change, words):
    (task,) = plan([find_notebook("fine", write_notebook("10_fine", "print('well')"))], data, langs=["vi"])
    out = tmp_path / "out"
    run([task], out, data=data)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert why(task, manifest, out) == ""
    change(manifest, out, task)
    assert words in why(task, manifest, out) and bool(words) == bool(why(task, manifest, out))


def test_a_dry_run_says_what_and_why_and_makes_nothing(tmp_path):
    out = tmp_path / "out"
    said = CliRunner().invoke(
        main, ["report", *NAMES, "-p", "Lạng Sơn", "-p", "da-nang", "--each", "--dry-run", "--out", str(out)]
    )
    assert said.exit_code == 0 and not out.exists()
    assert (
        "target_gap/lang-son.en.html\tit is new" in said.output
        and "24 would be made, 0 unchanged" in said.output
    )


def test_looking_for_changes_loads_no_heavy_library():
    code = (
        "import sys; from click.testing import CliRunner; from cds_analysis.cli.main import"
        " main\nCliRunner().invoke(main, ['report', '--dry-run', '--out', '/nonexistent/x'])\nprint([m for m"
        " in ('nbformat', 'nbconvert', 'papermill', 'matplotlib', 'seaborn', 'altair', 'scipy.stats',"
        " 'IPython') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parent
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
