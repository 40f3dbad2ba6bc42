"""What a letter is: readable by machines, by screen readers, in fifty years, and never anybody's program."""

import io
import json
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from satu.documents.letter import Letterhead, qr_code
from satu.documents.rendering import RenderingFailed, Unprintable, check_printable, render
from satu.documents.tests.letters import FACTS, TEMPLATE
from satu.kernel.city import Label, the_city

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def letterhead(language="id", **changes):
    values = {
        "language": language,
        "title": Label("Surat Keterangan Domisili", "Certificate of Domicile"),
        "number": "400.12.2.1/1/Disdukcapil/2026",
        "code": "K7QXM9D48RTV2H5NPA3CW6YE",
        "city": the_city(),
        "issuer": the_city().agencies["dukcapil"],
        "issued_on": date(2026, 11, 24),
        "valid_until": date(2027, 5, 24),
        "certified": False,
        **changes,
    }
    values.setdefault("qr", qr_code(values["code"]))
    return Letterhead(**values).values()


def make(template=TEMPLATE, facts=FACTS, purpose="membuka rekening bank", language="id", **changes):
    data = {"facts": facts, "answers": {"purpose": purpose}}
    return render(template, data=data, document=letterhead(language, **changes), at=AT)


def text_of(pdf, tmp_path):
    file = tmp_path / "letter.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True, text=True).stdout


def words_of(pdf, tmp_path):
    return " ".join(text_of(pdf, tmp_path).split())


def metadata(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as opened, opened.open_metadata() as found:
        return dict(found)


def test_a_letter_is_pdf_a_2a_and_pdf_ua_1_by_its_own_metadata():
    found = metadata(make())
    assert found["{http://www.aiim.org/pdfa/ns/id/}part"] == "2"
    assert found["{http://www.aiim.org/pdfa/ns/id/}conformance"] == "A"
    assert found["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"


@pytest.mark.parametrize(
    ("language", "title", "author"),
    [
        ("id", "Surat Keterangan Domisili", "Dinas Kependudukan dan Pencatatan Sipil"),
        ("en", "Certificate of Domicile", "Population and Civil Registration Agency"),
    ],
)
def test_a_letter_has_tags_language_title_and_author(language, title, author):
    with pikepdf.open(io.BytesIO(make(language=language))) as opened:
        assert opened.Root.MarkInfo.Marked
        assert opened.Root.StructTreeRoot.K is not None
        assert str(opened.Root.Lang) == language
        assert opened.Root.ViewerPreferences.DisplayDocTitle
        assert str(opened.docinfo["/Title"]) == title
        assert str(opened.docinfo["/Author"]) == author
        assert all("/StructParents" in page for page in opened.pages)


def test_the_qr_code_is_a_figure_with_words_for_those_who_do_not_see_it():
    with pikepdf.open(io.BytesIO(make())) as opened:
        figures = [e for e in opened.objects if isinstance(e, pikepdf.Dictionary) and e.get("/S") == "/Figure"]
        assert ["K7QX-M9D4-8RTV-2H5N-PA3C-W6YE" in str(figure.Alt) for figure in figures] == [True]


def test_every_font_of_a_letter_is_embedded():
    with pikepdf.open(io.BytesIO(make())) as opened:
        fonts = [
            e for e in opened.objects if isinstance(e, pikepdf.Dictionary) and e.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
        assert all("PlusJakartaSans" in str(font.FontName) for font in fonts)


def test_the_same_values_give_the_same_bytes():
    assert make() == make()
    assert make() != make(purpose="melamar pekerjaan")


def test_a_letter_says_what_it_is_about(tmp_path):
    words = words_of(make(), tmp_path)
    for expected in (
        "Pemerintah Kota Tangerang",
        "Dinas Kependudukan dan Pencatatan Sipil",
        "400.12.2.1/1/Disdukcapil/2026",
        "Siti Aminah",
        "membuka rekening bank",
        "24 Mei 2027",
        "24 November 2026",
        "K7QX-M9D4-8RTV-2H5N-PA3C-W6YE",
        "http://localhost:8000/v/K7QX-M9D4-8RTV-2H5N-PA3C-W6YE",
    ):
        assert expected in words


def test_a_letter_with_a_development_seal_says_so_in_both_languages(tmp_path):
    assert words_of(make(), tmp_path).count("BUKAN TTE TERSERTIFIKASI") == 2
    english = words_of(make(language="en"), tmp_path)
    assert english.count("BUKAN TTE TERSERTIFIKASI") == 2
    assert english.count("ot a certified electronic signature") == 2


def test_a_certified_letter_does_not_say_that_it_is_not(tmp_path):
    assert "BUKAN TTE" not in words_of(make(certified=True), tmp_path)


HOSTILE = [
    '#panic("x")',
    '"; #read("/etc/passwd")',
    "$x^2$ *tebal* _miring_ = Judul",
    "\\#{1+1}",
    "<label> @siti",
    "]#[",
    "//",
    "`raw`",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_looks_like_a_program_is_printed_as_it_is(name, tmp_path):
    assert name in words_of(make(facts={**FACTS, "person.name": name}), tmp_path)


@effort(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=80))
def test_no_ascii_answer_breaks_a_letter(text):
    assert make(purpose=text).startswith(b"%PDF-1.7")


@pytest.mark.parametrize("text", ["Siti 😀", "日本", "العربية", "a\x07b"])
def test_what_no_font_of_ours_shows_is_said_before_and_while_rendering(text):
    with pytest.raises(Unprintable) as before:
        check_printable(text)
    with pytest.raises(Unprintable) as during:
        make(purpose=text)
    assert before.value.characters == during.value.characters
    assert set(before.value.characters) <= set(text) - set("Siti ab")


@pytest.mark.parametrize("text", ["Siti Aminah", "José Nuñez", "Đoàn “Ngọc” 1½", "R. M. Ng. Poerbatjaraka", ""])
def test_names_in_latin_letters_can_be_printed(text):
    check_printable(text)


BROKEN = {
    "an unknown word": ("#show: letter\n\nHalo #nama", "document.typ", 4, "unknown variable: nama"),
    "a fact that is not there": (
        '#show: letter\n\n#data.facts.at("person.shoe_size")',
        "document.typ",
        4,
        "shoe_size",
    ),
    "a file elsewhere": ('#show: letter\n#read("../secret.txt")', "document.typ", 3, "escape the project root"),
    "the machine's files": ('#show: letter\n#read("/etc/passwd")', "document.typ", 3, "not found"),
    "a package from the internet": ('\n#import "@preview/cetz:0.3.0": *', "document.typ", 3, "not installed"),
    "an endless loop": ("#while true { }", "document.typ", 2, "always true"),
    "a file beside it": ('#include "part.typ"', "part.typ", 2, "unknown variable: oops"),
    "no package of ours": ('#import "@satu/letters:9.9.9": *', "document.typ", 2, "not found"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_template_that_fails_names_file_and_line(what, tmp_path):
    body, file, line, message = BROKEN[what]
    folder = tmp_path / "service"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "part.typ").write_text("\n#oops\n")
    (folder / "document.typ").write_text(f'#import "@satu/letter:1.0.0": *\n{body}\n')
    with pytest.raises(RenderingFailed) as failed:
        make(template=folder / "document.typ")
    assert (failed.value.file, failed.value.line) == (file, line)
    assert message in failed.value.message
    assert f"{file}:{line}" in str(failed.value)


def test_a_symlink_does_not_lead_out_of_the_templates_folder(tmp_path):
    folder = tmp_path / "service"
    folder.mkdir()
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (folder / "inside.txt").symlink_to(secret)
    (folder / "document.typ").write_text('#import "@satu/letter:1.0.0": *\n#show: letter\n#read("inside.txt")\n')
    with pytest.raises(RenderingFailed):
        make(template=folder / "document.typ")


def test_a_long_letter_goes_on_over_pages_and_counts_them(tmp_path):
    words = words_of(make(purpose="panjang sekali " * 900), tmp_path)
    assert "Halaman 1 dari" in words
    assert "Halaman 3 dari" in words


def test_the_licence_of_the_font_stands_beside_it():
    fonts = Path(TEMPLATE).parents[4] / "src" / "satu" / "documents" / "typst" / "fonts"
    assert "SIL Open Font License" in (fonts / "OFL.txt").read_text(encoding="utf-8")


def test_values_that_are_not_json_are_refused_before_anything_is_rendered():
    with pytest.raises(TypeError):
        render(TEMPLATE, data={"facts": {"person.name": object()}}, document=letterhead(), at=AT)


def test_a_letterhead_is_json_and_holds_no_nik():
    assert FACTS["person.nik"] not in json.dumps(letterhead())
