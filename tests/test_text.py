import ast
import json
import re
from datetime import date

import pytest
from babel.messages.pofile import read_po

import cds_analysis as cds
from cds_analysis.paths import notebooks_folder
from cds_analysis.views import labels
from cds_analysis.views.text import Text
from cds_analysis.views.wording import collation_key

PACKAGE = notebooks_folder().parent / "cds_analysis"


def messages():
    """Every message in the code, the notebooks, the templates and the labels."""
    sources = [p.read_text(encoding="utf-8") for p in PACKAGE.rglob("*.py")]
    for path in notebooks_folder().glob("*.ipynb"):
        sources += [
            "".join(c["source"])
            for c in json.loads(path.read_text(encoding="utf-8"))["cells"]
            if c["cell_type"] == "code"
        ]
    found = {text for name in labels.__all__ for text in getattr(labels, name).values()}
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if (
                isinstance(node, ast.Call)
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in ("t", "self"):
                    found.add(node.args[0].value)
                elif name == "counted":
                    found.add((node.args[0].value, node.args[1].value))
    for path in PACKAGE.rglob("*.j2"):
        found |= set(re.findall(r'\b(?:t|vi|en)\(\s*["\'](.+?)["\']\s*\)', path.read_text(encoding="utf-8")))
    return found


@pytest.fixture(scope="module")
def catalogue():
    """English to Vietnamese; where the number decides, both forms in a pair."""
    with (PACKAGE / "views" / "locale" / "vi.po").open("rb") as file:
        return {m.id: m.string for m in read_po(file, locale="vi") if m.id}


def test_every_message_is_translated_and_none_is_left_over(catalogue):
    assert {m for m in messages() if not any(catalogue.get(m) or [])} == set()
    assert set(catalogue) - messages() == set()


def test_translations_have_the_same_placeholders(catalogue):
    for english, vietnamese in catalogue.items():
        forms = [english, vietnamese] if isinstance(english, str) else [*english, *vietnamese]
        assert len({tuple(sorted(re.findall(r"\{\w+\}", form))) for form in forms}) == 1, english


def test_a_count_before_its_noun_has_both_forms():
    """A message that puts a count in front of a noun in the plural must be one of `counted`."""
    counted = {m for m in messages() if isinstance(m, tuple)}
    assert len(counted) > 30 and all("{n}" in one and one != many for one, many in counted)
    noun = re.compile(
        r"\{(?:n|k|have|met|draws)\}\**(?: (?!of\b)[a-z]+)?? (?!(?:series|was|has|stands|leads)\b)[a-z]+s\b"
    )
    alone = {m for m in messages() if isinstance(m, str)}
    assert {m for m in alone if noun.search(m)} == set()
    assert not any(noun.search(one) for one, many in counted)


@pytest.mark.parametrize(
    "one, many, english, vietnamese",
    [
        (
            "rose {n} place",
            "rose {n} places",
            ["rose 0 places", "rose 1 place", "rose 2 places"],
            ["tăng 0 bậc", "tăng 1 bậc", "tăng 2 bậc"],
        ),
        (
            "{n} place against the year before",
            "{n} places against the year before",
            ["0 places against", "1 place against", "2 places against"],
            ["0 bậc so với", "1 bậc so với", "2 bậc so với"],
        ),
        (
            "{n} province",
            "{n} provinces",
            ["0 provinces", "1 province", "2 provinces"],
            ["0 tỉnh", "1 tỉnh", "2 tỉnh"],
        ),
    ],
)
def test_a_count_of_none_one_and_two(one, many, english, vietnamese):
    for lang, wanted in (("en", english), ("vi", vietnamese)):
        t = Text(lang)
        for n, start in enumerate(wanted):
            assert t.counted(one, many, n).startswith(start)
            assert t.counted(one, many, -n, sign=True).replace("−", "").startswith(start)


def test_every_counted_message_reads_right_of_none_one_and_two(catalogue):
    """English takes the second form for 0 and 2, Vietnamese has one form."""
    for one, many in (m for m in messages() if isinstance(m, tuple)):
        others = {name: "…" for name in re.findall(r"\{(\w+)\}", many) if name != "n"}
        (only,) = catalogue[one, many]
        for n, english in enumerate([many, one, many]):
            assert Text("en").counted(one, many, n, **others) == english.format(n=n, **others)
            assert Text("vi").counted(one, many, n, **others) == only.format(n=n, **others)


def test_a_number_with_decimals_is_many():
    form = "{n} point", "{n} points"
    assert Text("en").counted(*form, 1, 1) == "1.0 points" and Text("en").counted(*form, None) == "– points"


@pytest.mark.parametrize(
    "value, decimals, vi, en",
    [
        (1239, 0, "1.239", "1,239"),
        (87.47, 2, "87,47", "87.47"),
        (-0.04, 1, "0,0", "0.0"),
        (-1.26, 1, "−1,3", "−1.3"),
        (None, 1, "–", "–"),
        (float("nan"), 1, "–", "–"),
    ],
)
def test_numbers(value, decimals, vi, en):
    assert (Text("vi").number(value, decimals), Text("en").number(value, decimals)) == (vi, en)


def test_signs():
    assert [Text("en").number(v, 1, sign=True) for v in (2, 0, -2)] == ["+2.0", "0.0", "−2.0"]


@pytest.mark.parametrize(
    "value, unit, bound, shown",
    [
        (52.3, "percent", "=", "52,3%"),
        (98.04, "percent", "=", "98,04%"),
        (100, "percent", "=", "100%"),
        (50, "count", ">", ">\xa050"),
        (41.75, "mbps", "=", "41,75 Mb/s"),
        (10, "rank", "=", "10"),
        (None, "percent", "=", "–"),
    ],
)
def test_values_with_units(value, unit, bound, shown):
    assert Text("vi").value(value, unit, 2, bound=bound) == shown


def test_a_difference_of_percentages_is_in_percentage_points():
    assert (Text("vi").difference(39.6, "percent"), Text("en").difference(-2, "percent", sign=True)) == (
        "39,6\xa0điểm\xa0%",
        "−2.0 pp",
    )
    assert (Text("en").difference(3, "count", 0), Text("en").difference(None, "percent")) == ("3", "–")


def test_dates():
    assert (
        Text("vi").date(date(2023, 6, 30)),
        Text("en").date(date(2023, 6, 30)),
        Text("vi").date(None),
    ) == (
        "30/06/2023",
        "30\xa0Jun\xa02023",
        "–",
    )


def test_listing():
    assert (Text("vi").listing(["a", "b", "c"]), Text("en").listing(["a"]), Text("en").listing([])) == (
        "a, b và c",
        "a",
        "",
    )


def test_names_in_dictionary_order():
    assert sorted(
        ["Vĩnh Long", "Vĩnh Phúc", "Đồng Nai", "Cà Mau", "Cần Thơ", "Cao Bằng", "Điện Biên", "Hậu Giang"],
        key=collation_key,
    ) == [
        "Cà Mau",
        "Cao Bằng",
        "Cần Thơ",
        "Điện Biên",
        "Đồng Nai",
        "Hậu Giang",
        "Vĩnh Long",
        "Vĩnh Phúc",
    ]


def test_tones_come_after_letters():
    assert sorted(["má", "ma", "mạ", "mà", "mã", "mả"], key=collation_key) == [
        "ma",
        "mà",
        "mả",
        "mã",
        "má",
        "mạ",
    ]


def test_an_unknown_language_is_refused():
    with pytest.raises(cds.ParameterError, match="lang"):
        Text("fr")


def test_names_come_from_the_registers(data):
    vi, en = Text("vi", data), Text("en", data)
    assert (vi.province("lang-son"), en.province("lang-son")) == ("Lạng Sơn", "Lạng Sơn")
    assert (vi.index_short("par"), en.dimension("papi", "e_governance")) == ("PAR INDEX", "E-Governance")
    assert vi.series("papi/e_governance") == "Quản trị điện tử"
    assert vi.series("ehealth_records_pct") == "Dân số có hồ sơ sức khỏe điện tử"
