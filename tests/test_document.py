"""Reading a document: blocks and headings, and what the surroundings of a figure say of it."""

import time
from datetime import date

import docx
import matplotlib
import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.intake.document import document
from cds_analysis.intake.extract import Tools, extract, extract_file
from cds_analysis.intake.frame import given
from cds_analysis.intake.rules import load_rules

RULES = load_rules()
TOOLS = Tools(cds.load(), RULES)


def read(text, *columns, title="", **said):
    data = cds.load()
    found = extract(text, data, tools=TOOLS, title=title, given=given(data, **said))
    return found.select(pl.col("date").cast(pl.String), pl.exclude("date")).select("printed", *columns).rows()


def blocks(text):
    return [(b.number, b.kind, [h.number for h in b.above]) for b in document(text, RULES)]


# ---- blocks


def test_numbered_headings_nest_and_lists_stand_below_what_introduces_them():
    text = (
        "PHẦN I\nI. KẾT QUẢ\n1. Hạ tầng số\na) Viễn thông\n- Có 5% hộ.\n2. Nhân lực\n- Có 6% người.\nII. MỤC"
        " TIÊU\n- Đạt 7% xã."
    )
    assert blocks(text) == [
        (1, "heading", []),
        (2, "heading", [1]),
        (3, "heading", [1, 2]),
        (4, "heading", [1, 2, 3]),
        (5, "item", [1, 2, 3, 4]),
        (6, "heading", [1, 2]),
        (7, "item", [1, 2, 6]),
        (8, "heading", [1]),
        (9, "item", [1, 8]),
    ]


def test_an_introduction_holds_for_its_list_and_no_longer():
    text = (
        "Phấn đấu đến năm 2025:\n- 90% xã có cáp quang;\n- 80% hộ có cáp quang.\nTrong năm qua, đã có 70% xã"
        " có cáp quang."
    )
    assert blocks(text)[1:] == [(2, "item", [1]), (3, "item", [1]), (4, "paragraph", [])]


def test_the_caption_of_a_picture_is_no_heading():
    text = (
        "Tỉnh Sơn La đẩy mạnh chuyển đổi số\nCán bộ xã Tân Lập hướng dẫn người dân làm thủ tục năm 2021\nĐến"
        " nay, 90% xã có cáp quang."
    )
    assert blocks(text)[1:] == [(2, "paragraph", [1]), (3, "paragraph", [1])]
    assert read(text, "place", "date") == [("90%", "son-la", None)]


def test_wrapped_lines_are_joined_and_places_lead_back_to_the_source():
    text = "Kết quả\n\nToàn tỉnh có 102 tổ công nghệ số cộng đồng, tỷ lệ hồ sơ đạt\n55,5% trong năm 2023."
    whole = document(text, RULES)[1]
    assert whole.number == 2 and whole.text.endswith("đạt 55,5% trong năm 2023.")
    assert text[whole.in_source(whole.text.index("55,5")) :].startswith("55,5%")


@pytest.mark.parametrize(
    "text",
    [
        "| TT | Tên đơn vị | Điểm |\n|---|---|---|\n| 1 | Sở Y tế | 843,24 |\n| 2 | Sở Nội vụ | 829,56 |",
        "|\nTT |\nTên đơn vị |\nĐiểm |\n|\n1 |\nSở Y tế |\n843,24 |\n|\n2 |\nSở Nội vụ |\n829,56 |",
    ],
)
def test_rows_drawn_with_bars_are_cells_with_headers(text):
    cells = {b.text: (b.row, b.column) for b in document(text, RULES) if b.kind == "cell"}
    assert cells["843,24"] == ("Sở Y tế", "Điểm") and cells["829,56"] == ("Sở Nội vụ", "Điểm")
    assert read(text, "kind", "place_type", "place") == [
        ("843,24", "score", "organisation", "Sở Y tế"),
        ("829,56", "score", "organisation", "Sở Nội vụ"),
    ]


# ---- promise or result


@pytest.mark.parametrize(
    "text, kinds",
    [
        (
            "Mục tiêu cụ thể đến năm 2025:\n- 90% xã có cáp quang;\n- Kinh tế số chiếm 20% GRDP.",
            ["target"] * 2,
        ),
        ("I. TÌNH HÌNH THỰC HIỆN CÁC MỤC TIÊU NĂM 2024\n1. Hạ tầng: 100% xã có cáp quang.", ["result"]),
        ("Tỉnh phấn đấu đến năm 2025 có 90% hộ có cáp quang; hiện mới đạt 41,25%.", ["target", "result"]),
        ("Tỷ lệ số hóa đạt 48% (mục tiêu 100%).", ["result", "target"]),
        ("Tỷ lệ số hóa đạt 79 % mục tiêu.", ["result"]),
        ("Tỉnh phấn đấu 60% hồ sơ trực tuyến. Có 3.800 tổ công nghệ số cộng đồng.", ["target", "result"]),
        ("Kế hoạch năm 2024 đặt ra là 80% người dân có tài khoản.", ["target"]),
        ("II. PHƯƠNG HƯỚNG 6 THÁNG CUỐI NĂM\n- 100% xã có tổ công nghệ số.", ["target"]),
        ("Kinh tế số chiếm 20,69% GRDP, vượt chỉ tiêu năm 2025 là 20%.", ["result", "target"]),
        ("Doanh thu tăng 26% so với cùng kỳ; tỷ lệ tăng từ 60% lên 85%.", ["change", "result", "result"]),
        ("Phấn đấu nâng tỷ lệ hồ sơ trực tuyến lên 85%.", ["target"]),
        (
            "PAR INDEX đạt 87,61 điểm, tăng 1,59 điểm, xếp thứ 6, tăng 7 bậc.",
            ["score", "change", "rank", "change"],
        ),
        ("Chỉ số SIPAS đạt 86,72%, thuộc top 10 cả nước.", ["score", "group"]),
        ("Đến năm 2030 hoàn thiện hạ tầng. Bảo đảm 100% cuộc họp trực tuyến.", ["target"]),
        ("11 nhiệm vụ phải hoàn thành trong năm 2021; đã hoàn thành 9 nhiệm vụ.", ["target", "result"]),
    ],
)
def test_promise_result_and_change(text, kinds):
    assert [kind for _, kind in read(text, "kind")] == kinds


# ---- which day


@pytest.mark.parametrize(
    "text, dates",
    [
        ("Năm 2023, tỷ lệ hồ sơ trực tuyến đạt 85%. Số tổ công nghệ số là 12 tổ.", ["2023-12-31"] * 2),
        (
            (
                "Khánh Hòa, ngày 30 tháng 10 năm 2023\nTheo Quyết định số 5/QĐ-UBND ngày 3/4/2021, đến nay"
                " đạt 85%."
            ),
            ["2023-10-30"],
        ),
        (
            (
                "Thực hiện Nghị quyết 05-NQ/TU, ngày 22/10/2021 của Tỉnh ủy về chuyển đổi số tỉnh giai đoạn"
                " 2021 - 2025, định hướng đến năm 2030, tỉnh đã đạt 85%."
            ),
            [None],
        ),
        (
            (
                "Trong 9 tháng đầu năm 2024, tiếp nhận 239.723 hồ sơ, trực tuyến đạt 97%. Lũy kế đến nay cấp"
                " 30.603 chữ ký số."
            ),
            ["2024-09-30"] * 3,
        ),
        ("Đến nay, 100% xã có cáp quang.", [None]),
        (
            "Kinh tế số đóng góp quan trọng (năm 2020 chiếm 6,23% GRDP); 31% hộ có cáp quang.",
            ["2020-12-31", None],
        ),
        ("Chỉ số chuyển đổi số năm 2024, công bố năm 2025, xếp thứ 11.", ["2024-12-31"]),
        ("DTI xếp thứ 20, tăng 3 bậc so với năm 2022.", ["2023-12-31"] * 2),
        ("Tỷ lệ đạt 5% trong năm 2022.", ["2022-12-31"]),
        (
            "Huế, ngày 28 tháng 3 năm 2024\nIV. NHIỆM VỤ QUÝ II\n- Phấn đấu 85% hồ sơ trực tuyến.",
            ["2024-06-30"],
        ),
        ("Phấn đấu có 80% hộ gia đình có cáp quang đến năm 2025.", ["2025-12-31"]),
        (
            "Quý II/2024 đạt 5%; tháng 8/2023 đạt 6%; tính đến ngày 15/6/2024 đạt 7%.",
            ["2024-06-30", "2023-08-31", "2024-06-15"],
        ),
        (
            "Mục tiêu đến năm 2025:\n- 90% xã;\nMục tiêu đến năm 2030:\n- 95% xã.",
            ["2025-12-31", "2030-12-31"],
        ),
        ("Đặt mục tiêu đến năm 2025 vào top 25 và đến năm 2030 vào top 20.", ["2025-12-31", "2030-12-31"]),
        ("KẾ HOẠCH\nChuyển đổi số tỉnh năm 2024\nMục tiêu\n- 90% xã có cáp quang.", ["2024-12-31"]),
    ],
)
def test_dates_are_those_said_nearest_and_empty_where_none_is(text, dates):
    assert [day for _, day in read(text, "date")] == dates


# ---- whose


@pytest.mark.parametrize(
    "line",
    [
        "Khánh Hòa, ngày 30 tháng 10 năm 2023",
        "30/10/2023 - 15:57",
        "Ngày đăng: 08:32, 30/10/2023",
        "Hoàng Anh - 30/10/2023 18:06",
        "Thứ Hai, 30/10/2023, 09:15 (GMT+7)",
        "Thứ hai, ngày 30 tháng 10 năm 2023",
        "date 2023-10-30",
        "30 October 2023",
        "October 30, 2023",
        "Sáng 30/10/2023, UBND tỉnh tổ chức hội nghị sơ kết.",
    ],
)
def test_datelines_give_the_day_of_the_document(line):
    text = f"{line}\nTheo Quyết định số 5/QĐ-UBND ngày 3/4/2021 của UBND tỉnh, đến nay 85% xã có cáp quang."
    assert [day for _, day in read(text, "date")] == ["2023-10-30"]


@pytest.mark.parametrize(
    "text, places",
    [
        ("Đà Nẵng (67%) cùng Hòa Bình (86,5%), Nam Định (65,9%)", ["da-nang", "hoa-binh", "nam-dinh"]),
        ("TP.HCM và Quảng Ninh lần lượt xếp thứ 2 và 3 về DTI.", ["ho-chi-minh", "quang-ninh"]),
        (
            "Với 0,5064 điểm và 0,4880 điểm, Ninh Bình và Thanh Hóa lần lượt đứng thứ hạng 6 và 12.",
            ["ninh-binh", "thanh-hoa"] * 2,
        ),
        ("Tỉnh Hà Tĩnh đạt 97%, cao hơn mức bình quân cả nước là 82,7%.", ["ha-tinh", "viet-nam"]),
        ("Theo Bộ Thông tin và Truyền thông, tỉnh Hà Tĩnh đạt 97%.", ["ha-tinh"]),
        (
            "Tỉnh Bắc Ninh đạt 92%. Huyện Tiên Du đạt 98,1%, thị xã Quế Võ đạt 97%.",
            ["bac-ninh", "Huyện Tiên Du", "thị xã Quế Võ"],
        ),
        ("Bộ Công Thương đạt 99,7%, Bộ Tài chính đạt 92,4%.", ["Bộ Công Thương", "Bộ Tài chính"]),
        ("Ở vị trí thứ 2 là TP.Hồ Chí Minh.", ["ho-chi-minh"]),
        ("Các huyện Gia Bình, Lương Tài lần lượt có 22, 9 sản phẩm.", [None, None]),
        ("Tỷ lệ hồ sơ trực tuyến đạt 97%.", [None]),
        ("Huyện Văn Bàn (tỉnh Lào Cai) có 85% hộ dùng cáp quang.", ["Huyện Văn Bàn"]),
        (
            (
                "Theo UBND huyện Hải Hậu (Nam Định), có 34/34 xã đạt. Toàn huyện có 80% hộ. Tỉnh Nam Định đạt"
                " 70%."
            ),
            ["huyện Hải Hậu", "huyện Hải Hậu", "nam-dinh"],
        ),
        ("Kinh tế số Việt Nam chiếm 16,5% GDP.", ["viet-nam"]),
    ],
)
def test_figures_go_to_their_places(text, places):
    assert [place for _, place in read(text, "place")] == places


def test_after_the_merger_a_name_means_the_new_unit_unless_it_says_the_old_one():
    text = (
        "Phú Thọ, ngày 5 tháng 9 năm 2025\nTỉnh Phú Thọ có 90% xã có cáp quang.\nPhú Thọ (cũ) có 80% xã có"
        " cáp quang."
    )
    assert read(text, "place_type", "place") == [
        ("90%", "unit_2025", "phu-tho"),
        ("80%", "province", "phu-tho"),
    ]
    assert read(text.replace("2025", "2024"), "place_type")[0][1] == "province"


def test_the_frame_can_be_set_from_outside_and_the_text_goes_before_it():
    text = (
        "Đạt 12% GRDP nhờ kinh tế số.\nNăm 2022, tỉnh Lạng Sơn đã có 90% xã có cáp quang.\nXếp thứ 5, tăng 2"
        " bậc so với năm 2021."
    )
    said = {"province": "Cà Mau", "day": "2024-02-15", "kind": "target", "index": "dti"}
    assert read(text, "place", "date", "kind", "proposal", **said) == [
        ("12%", "ca-mau", None, "target", "digital_economy_share_pct"),
        ("90%", "lang-son", "2022-12-31", "result", "communes_covered_by_fibre_broadband"),
        ("5", "ca-mau", None, "target", "dti/overall"),
        ("2", "ca-mau", None, "change", "dti/overall"),
    ]
    with pytest.raises(cds.CdsError, match="unknown index 'dtix'"):
        given(cds.load(), index="dtix")
    with pytest.raises(cds.CdsError, match="not both"):
        given(cds.load(), province="Cà Mau", unit="Cà Mau")


# ---- what it is about


@pytest.mark.parametrize(
    "text, about",
    [
        (
            (
                "60% hồ sơ công việc tại cấp huyện và 30% hồ sơ công việc tại cấp xã được xử lý trên môi"
                " trường mạng"
            ),
            ["work_files_at_district_level_processed_online", "work_files_at_commune_level_processed_online"],
        ),
        (
            "95,4% hồ sơ công việc cấp tỉnh, 88% cấp huyện và 72% cấp xã được xử lý trên môi trường mạng",
            [
                "work_files_at_ministerial_and_provincial_level_processed_online",
                "work_files_at_district_level_processed_online",
                "work_files_at_commune_level_processed_online",
            ],
        ),
        (
            "Tỷ lệ hồ sơ công việc được xử lý trên môi trường mạng: cấp tỉnh 98%, cấp huyện đạt 95%",
            [
                "work_files_at_ministerial_and_provincial_level_processed_online",
                "work_files_at_district_level_processed_online",
            ],
        ),
        (
            "tiếp nhận trực tuyến 168.014 hồ sơ (chiếm 97,7%)",
            ["files_received_online", "files_received_online_pct"],
        ),
        (
            "80% dân số trưởng thành có định danh điện tử và 50% có chữ ký số cá nhân",
            ["adults_with_e_id_account", "adults_with_digital_or_personal_e_signature"],
        ),
        ("PAPI đạt 42,31 điểm, đứng thứ 27", ["papi/overall", "papi/overall"]),
        (
            "DTI xếp thứ 25 (chính quyền số xếp thứ 24, kinh tế số thứ tám)",
            ["dti/overall", "dti/digital_government", "dti/digital_economy"],
        ),
        ("DTI xếp thứ 9/13 tỉnh, thành phố khu vực Đồng bằng sông Cửu Long", [None]),
        ("tỷ lệ hội viên được vay vốn đạt 80%; kinh tế số đóng góp 17% vào tăng trưởng GRDP", [None, None]),
        ("đứng thứ hai toàn quốc về tỷ lệ cấp thẻ căn cước", [None]),
        (
            "DTI năm 2022 xếp hạng 42/63. Cụ thể: Nhận thức số xếp thứ 12, Thể chế số xếp thứ 51",
            ["dti/overall", "dti/digital_awareness", "dti/digital_institutions"],
        ),
        ("Kinh tế số ước đạt 34,7% GRDP, đứng thứ 3 cả nước", ["digital_economy_share_pct", None]),
        (
            "đã giải quyết 201.870 hồ sơ, trong đó đúng hạn 199.900 hồ sơ, đạt 99,02%",
            ["files_resolved", "files_resolved_on_time", "files_resolved_on_time_pct"],
        ),
    ],
)
def test_proposals_and_abstaining(text, about):
    assert [proposal for _, proposal in read(text, "proposal")] == about


def test_an_indicator_without_patterns_is_found_by_its_own_words(folder):
    file = folder / "indicators.csv"
    rows = pl.read_csv(file, infer_schema=False)
    new = rows.filter(pl.col("indicator_id") == "ehealth_records_pct").with_columns(
        indicator_id=pl.lit("digital_libraries_pct"),
        name_vi=pl.lit("Trường học có thư viện số"),
        keywords=pl.lit("trường học có thư viện số"),
    )
    pl.concat([rows, new]).sort("indicator_id").write_csv(file)
    found = extract("Đến nay, 45% trường học có thư viện số.", cds.load(folder))
    assert found["proposal"].to_list() == ["digital_libraries_pct"]


# ---- files


PAGE = """<!DOCTYPE html><html lang="vi"><head><title>Cổng</title></head><body>
<nav><ul><li><a href="/">Trang chủ 10%</a></li></ul></nav>
<div><div><h1>Kết quả chuyển đổi số tỉnh Sơn La năm 2023</h1><div class="date">15/01/2024 08:30</div>
<p>Năm 2023, tỷ lệ hồ sơ trực tuyến của tỉnh đạt <b>62,5</b>%, tăng 10% so với năm 2022. Công tác chuyển \
đổi số được các cấp, các ngành quan tâm chỉ đạo thực hiện và đạt nhiều kết quả tích cực trên các lĩnh vực.</p>
<p>Đến nay, toàn tỉnh có 1.500 tổ công nghệ số cộng đồng hoạt động tại các bản, tiểu khu, tổ dân phố trên \
địa bàn, góp phần đưa nền tảng số đến với người dân.</p>
<table><tr><th>STT</th><th>Chỉ tiêu</th><th>Kế hoạch năm 2023</th><th>Kết quả năm 2023</th></tr>
<tr><td>1</td><td>Tỷ lệ dân số có hồ sơ sức khỏe điện tử (%)</td><td>80</td><td>85</td></tr></table></div>
<div class="sidebar"><h3>Tin khác</h3><ul><li><a href="/1">Lai Châu triển khai 120 dự án chuyển đổi \
số</a></li></ul></div></div>
<div class="comments"><p>Bình luận: tôi thấy 50% là thấp</p></div><footer>Lượt truy cập: \
1.234.567</footer></body></html>"""


def test_a_web_page_gives_its_article_and_tables_and_nothing_of_its_sides(data, tmp_path):
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    found = extract_file(tmp_path / "page.html", data)
    assert found.select("printed", "kind", pl.col("date").cast(pl.String), "proposal").rows() == [
        ("62,5%", "result", "2023-12-31", "files_received_online_pct"),
        ("10%", "change", "2023-12-31", None),
        ("1.500", "result", "2024-01-15", "community_digital_teams"),
        ("80", "target", "2023-12-31", "ehealth_records_pct"),
        ("85", "result", "2023-12-31", "ehealth_records_pct"),
    ]
    assert set(found["place"]) == {"son-la"}


def test_a_word_document_gives_headings_lists_and_tables(data, tmp_path):
    made = docx.Document()
    made.add_heading("KẾ HOẠCH chuyển đổi số tỉnh Kon Tum năm 2024", 0)
    made.add_paragraph().add_run("Mục tiêu cụ thể").bold = True
    made.add_paragraph("100% doanh nghiệp sử dụng hóa đơn điện tử.", style="List Bullet")
    made.add_heading("Kết quả năm 2023", 1)
    table = made.add_table(2, 3)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells),
        ["TT", "Chỉ tiêu", "Thực hiện năm 2023", "1", "Số tổ công nghệ số cộng đồng", "102"],
    ):
        cell.text = text
    made.save(tmp_path / "plan.docx")
    found = extract_file(tmp_path / "plan.docx", data)
    assert found.select("printed", "kind", pl.col("date").cast(pl.String), "proposal").rows() == [
        ("100%", "target", "2024-12-31", "enterprises_einvoice_pct"),
        ("102", "result", "2023-12-31", "community_digital_teams"),
    ]


def test_a_pdf_gives_its_text_layer_with_wrapped_lines_joined(data, tmp_path):
    from matplotlib.figure import Figure

    lines = [
        "BÁO CÁO",
        "Kết quả chuyển đổi số tỉnh Kon Tum năm 2023",
        "1. Toàn tỉnh có 102 tổ công nghệ số cộng đồng; tỷ lệ hồ sơ trực tuyến đạt",
        "55,5% trong năm 2023.",
        "II. MỤC TIÊU ĐẾN NĂM 2025",
        "- 90% dân số có hồ sơ sức khỏe điện tử.",
    ]
    with matplotlib.rc_context({"pdf.fonttype": 42}):
        page = Figure(figsize=(8, 11))
        for n, line in enumerate(lines):
            page.text(0.08, 0.95 - 0.03 * n, line, fontsize=10)
        page.savefig(tmp_path / "report.pdf")
    found = extract_file(tmp_path / "report.pdf", data)
    assert found.select("printed", "kind", pl.col("date").cast(pl.String), "proposal").rows() == [
        ("102", "result", "2023-12-31", "community_digital_teams"),
        ("55,5%", "result", "2023-12-31", "files_received_online_pct"),
        ("90%", "target", "2025-12-31", "ehealth_records_pct"),
    ]


@pytest.mark.parametrize(
    "name, content, words",
    [
        ("a.pdf", b"%PDF-1.4 broken", "cannot read a.pdf as PDF"),
        ("a.docx", b"PK\x03\x04 broken", "cannot read a.docx as DOCX"),
        ("a.doc", b"\xd0\xcf\x11\xe0 old", "old Word"),
        ("a.txt", b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data, tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(cds.ParameterError, match=words):
        extract_file(tmp_path / name, data)


def test_reading_takes_time_in_line_with_length():
    sentence = "Tỷ lệ hồ sơ trực tuyến của tỉnh Lạng Sơn đạt 85%, tăng 3% so với năm 2022, xếp thứ 5; "
    took = []
    for times in (60, 480):
        start = time.process_time()
        extract(sentence * times, cds.load(), tools=TOOLS)
        took.append(time.process_time() - start)
    start = time.process_time()
    extract("a" * 50_000, cds.load(), tools=TOOLS)
    assert time.process_time() - start < 5
    assert took[1] < 30 * took[0] and took[1] < 10  # eight times the text; a square would be 64 times


@pytest.mark.parametrize(
    "text, printed, expected",
    [
        # a resolution's day is not the document's, whatever is organised on another day of the year
        (
            "Ban Thường vụ đã ban hành Nghị quyết số 5-NQ/TU ngày 31/8/2021 về việc tổ chức thực hiện.\n\n"
            "Đến tháng 9/2022, tỉnh Cà Mau có 900 trạm BTS.",
            "900",
            {"date": date(2022, 9, 30)},
        ),
        ("Tính đến giữa năm 2023, tỉnh Cà Mau có 900 trạm BTS.", "900", {"date": date(2023, 6, 30)}),
        (
            "Phấn đấu đến năm 2030, Cà Mau có đô thị thông minh.\n\nKhi đó, 100% hộ có cáp quang; 70% thôn.",
            "70%",
            {"kind": "target", "date": date(2030, 12, 31)},
        ),
        (
            "Năm 2024 đánh dấu bước ngoặt của tỉnh Cà Mau.\n\nTheo đó, tỷ lệ hộ có cáp quang đạt 76%.",
            "76%",
            {"date": date(2024, 12, 31), "kind": "result"},
        ),
        (
            "Tỉnh Cà Mau có Kế hoạch với một số chỉ số cơ bản với mục tiêu đến 2025, 80% hộ có cáp quang.",
            "80%",
            {"kind": "target", "date": date(2025, 12, 31)},
        ),
        (
            "Đến cuối năm 2020, tỷ lệ hộ có cáp quang của tỉnh Cà Mau là 62%.",
            "62%",
            {"kind": "result", "date": date(2020, 12, 31)},
        ),
        (
            "Trong những tháng đầu năm 2025, Cà Mau làm tốt.\n\nĐến cuối tháng 3 năm nay, 91% hộ có mạng.",
            "91%",
            {"date": date(2025, 3, 31)},
        ),
        ("Huyện hướng đến 80% hộ có cáp quang.", "80%", {"kind": "target"}),
        ("Cà Mau sẽ thí điểm chuyển đổi số tại 15 xã thuộc 11 huyện.", "11", {"kind": "context"}),
        (
            "Ca Mau district got an average of 74.8/100 points in the list.",
            "74.8/100",
            {"kind": "score"},
        ),
        ("Năm 2023, giá trị DTI của Cà Mau đạt 0,70 điểm (tăng 0,2052 điểm).", "0,2052", {"kind": "change"}),
        (
            "Năm 2024 tỉnh Cà Mau xếp thứ 9. Giá trị trung bình cả nước đạt 0,69 điểm, tăng 2,6%.",
            "2,6%",
            {"place_type": "country"},
        ),
        (
            "Tỉnh có 87% hồ sơ công việc được xử lý trên môi trường mạng đối với cấp tỉnh, 85% đối"
            " với cấp huyện.",
            "85%",
            {"proposal": "work_files_at_district_level_processed_online"},
        ),
    ],
)
def test_dates_levels_and_promises_are_read_beyond_their_sentence(data, text, printed, expected):
    row = next(r for r in extract(text, data).iter_rows(named=True) if r["printed"] == printed)
    assert {column: row[column] for column in expected} == expected
