"""A package that asks what the city knows does not load, and says what to write instead."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils.translation import override

from satu.hub.catalogue import the_catalogue
from satu.kernel.city import the_city
from satu.kernel.citydata import CityDataError
from satu.services.answers import shown
from satu.services.knowledge import Knowledge
from satu.services.packages import Loader, the_packages, version_of
from satu.services.standard_operations import document_data
from satu.services.types import in_force

Spoil = Callable[[str, str, str], None]
QUESTIONS = "questions:\n"


def question(label_id: str, label_en: str, *, key: str = "extra", more: str = "") -> str:
    return f"questions:\n  - key: {key}\n    label: {{id: '{label_id}', en: '{label_en}'}}\n    type: text\n{more}"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge.of(the_catalogue(), the_city().folder)


def test_every_package_of_the_city_loads() -> None:
    _loaded, refused = Loader(the_city(), the_catalogue()).load_all()
    assert [str(error) for error in refused] == []
    assert "domisili" in the_packages()


def test_domisili_asks_one_question_only() -> None:
    package = the_packages()["domisili"]
    assert [q.key for q in package.questions] == ["purpose"]
    assert len(package.needs) > 10


def test_the_amount_of_the_arrears_is_not_among_the_needs_only_the_answer() -> None:
    needs = {need.fact: need for need in the_packages()["domisili"].needs}
    assert "person.property_tax_arrears" not in needs
    assert needs["person.has_property_tax_arrears"].answer_only
    assert not needs["person.has_property_tax_arrears"].required


def test_a_question_that_siak_answers_does_not_load_and_says_what_to_write(
    loader: Loader, domisili: Path, spoil: Spoil
) -> None:
    spoil("service.yaml", QUESTIONS, question("Tanggal lahir", "When were you born"))
    with pytest.raises(CityDataError) as caught:
        loader.load(domisili)
    error = caught.value
    line = (domisili / "service.yaml").read_text().splitlines()[error.line - 1]
    assert error.path == domisili / "service.yaml"
    assert "key: extra" in line
    assert "siak" in error.what
    assert "person.birth_date" in error.what
    assert "needs:\n      - person.birth_date" in error.mend


@pytest.mark.parametrize(
    ("label_id", "label_en", "key", "facts"),
    [
        ("Tgl. lahir pemohon", "x y z", "extra", ["person.birth_date"]),
        ("Tempat, tanggal lahir", "x y z", "extra", ["person.birth_place", "person.birth_date"]),
        ("Kapan Anda lahir?", "Date of birth", "extra", ["person.birth_date"]),
        ("tanggl lahr", "x y z", "extra", ["person.birth_date"]),
        ("Tanggal lahir sesuai akta kelahiran", "x y z", "extra", ["person.birth_date"]),
        ("Sesuai KTP: tanggal lahir", "When were you born", "born", ["person.birth_date"]),
        ("Nama di KTP", "x y z", "extra", ["person.name"]),
        ("Nama lengkap (dengan gelar) dan NIK", "x y z", "extra", ["person.name", "person.nik"]),
        ("Isian", "x y z", "birth_date", ["person.birth_date"]),
        ("Isian", "x y z", "nomor_kk", ["person.family_card_number"]),
        ("No. KTP Anda", "x y z", "extra", ["person.nik"]),
        ("Alamat rumah Anda sekarang", "x y z", "extra", ["person.address"]),
        ("Isian", "What is your religion?", "extra", ["person.religion"]),
        ("Apakah Anda punya tunggakan PBB?", "x y z", "extra", ["person.property_tax_arrears"]),
    ],
)
def test_it_is_caught_by_its_words_without_saying_so(
    loader: Loader, domisili: Path, spoil: Spoil, *, label_id: str, label_en: str, key: str, facts: list[str]
) -> None:
    spoil("service.yaml", QUESTIONS, question(label_id, label_en, key=key))
    with pytest.raises(CityDataError) as caught:
        loader.load(domisili)
    for fact in facts:
        assert f"knows {fact}" in caught.value.what
        assert f"- {fact}" in caught.value.mend


@pytest.mark.parametrize(
    ("label_id", "label_en"),
    [
        ("Nama usaha yang akan dibuka", "Name of the shop to be opened"),
        ("Alasan pindah", "Why you move"),
        ("Tanggal kegiatan", "Day of the event"),
        ("Ukuran papan reklame", "Size of the board"),
        ("Nomor telepon", "Telephone number"),
    ],
)
def test_a_question_that_nobody_can_answer_is_let_through(
    loader: Loader, domisili: Path, spoil: Spoil, label_id: str, label_en: str
) -> None:
    spoil("service.yaml", QUESTIONS, question(label_id, label_en))
    assert [q.key for q in loader.load(domisili).questions] == ["extra", "purpose"]


def test_a_question_that_declares_a_known_fact_does_not_load(loader: Loader, domisili: Path, spoil: Spoil) -> None:
    spoil("service.yaml", QUESTIONS, question("Isian", "x y z", more="    asks: person.health_insurance_number\n"))
    if not loader.catalogue.systems_answering("person.health_insurance_number"):
        pytest.fail("BPJS is not connected in this city")
    with pytest.raises(CityDataError, match="bpjs"):
        loader.load(domisili)


def test_a_look_alike_may_say_what_else_it_means(loader: Loader, domisili: Path, spoil: Spoil) -> None:
    excuse = (
        "    differs_from: {fact: person.birth_date, because: 'the day on which the shop was born, its opening'}\n"
    )
    spoil("service.yaml", QUESTIONS, question("Tanggal lahir", "x y z", more=excuse))
    assert "extra" in {q.key for q in loader.load(domisili).questions}


@pytest.mark.parametrize(
    ("label", "system", "fact"),
    [
        ("Fotokopi KK", "siak", "person.family_card_number"),
        ("Scan KTP", "siak", "person.nik"),
        ("KTP asli pemohon", "siak", "person.nik"),
        ("Surat pengantar RT/RW", "siak", "person.rt"),
        ("Bukti lunas PBB tahun terakhir", "pbb", "person.has_property_tax_arrears"),
    ],
)
def test_an_upload_that_a_system_proves_does_not_load(
    loader: Loader, domisili: Path, spoil: Spoil, *, label: str, system: str, fact: str
) -> None:
    spoil(
        "service.yaml", QUESTIONS, f"uploads:\n  - key: berkas\n    label: {{id: '{label}', en: x y z}}\n{QUESTIONS}"
    )
    with pytest.raises(CityDataError) as caught:
        loader.load(domisili)
    assert "uploads" not in caught.value.what
    assert system in caught.value.what
    assert f"- {fact}" in caught.value.mend


def test_a_file_that_no_system_proves_may_be_asked_for(loader: Loader, domisili: Path, spoil: Spoil) -> None:
    upload = "uploads:\n  - key: design\n    label: {id: Gambar rancangan, en: Design}\n"
    spoil("service.yaml", QUESTIONS, f"{upload}{QUESTIONS}")
    (design,) = loader.load(domisili).uploads
    assert (design.key, design.kinds, design.max_bytes, design.required, design.when) == (
        "design",
        ("pdf", "jpeg", "png"),
        5 * 1024 * 1024,
        True,
        "",
    )


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("    when: answers.purpose ==\n", "not an expression"),
        ("    types: [exe]\n", "exe"),
        ("    max_mb: 500\n", "500"),
        ("  - key: design\n    label: {id: Gambar lain, en: Other}\n", "stands twice"),
        ("  - key: purpose\n    label: {id: Gambar lain, en: Other}\n", "stands twice"),
        ("    label: x\n", "label"),
    ],
)
def test_an_upload_that_cannot_work_is_told_with_its_line(
    loader: Loader, domisili: Path, spoil: Spoil, more: str, what: str
) -> None:
    upload = "uploads:\n  - key: design\n    label: {id: Gambar rancangan, en: Design}\n"
    spoil("service.yaml", QUESTIONS, f"{upload}{more}{QUESTIONS}")
    with pytest.raises(CityDataError, match=what):
        loader.load(domisili)


def test_a_question_cannot_ask_for_a_photocopy_either(loader: Loader, domisili: Path, spoil: Spoil) -> None:
    spoil("service.yaml", QUESTIONS, question("Tempelkan tautan fotokopi KK", "x y z"))
    with pytest.raises(CityDataError, match="asks for a paper"):
        loader.load(domisili)


@pytest.mark.parametrize(
    ("name", "old", "new", "line_holds", "what"),
    [
        ("service.yaml", "- person.birth_place", "- person.birth_plce", "birth_plce", "no fact 'person.birth_plce'"),
        ("service.yaml", "agency: kelurahan\nlegal", "agency: lurah\nlegal", "agency: lurah", "no agency 'lurah'"),
        (
            "service.yaml",
            "  - person.name\n",
            "  - {fact: person.name, answer_only: true}\n",
            "person.name",
            "derived",
        ),
        ("service.yaml", "service: domisili", "service: other", "service: other", "the folder is called 'domisili'"),
        ("service.yaml", "  - person.sex\n", "  - person.sex\n  - person.sex\n", "person.sex", "stands twice"),
        (
            "service.yaml",
            "name: {id: Surat keterangan domisili, en: Certificate of residence}",
            "name: {id: Surat keterangan domisili}",
            "name:",
            "'en' is a required property",
        ),
        (
            "eligibility.yaml",
            "person.life_status: deceased",
            "person.religion: islam",
            "person.religion",
            "looks at person.religion, which the service does not need",
        ),
        ("eligibility.yaml", "person.life_status: deceased", 'person.life_status: "= > >"', "> >", "not a cell"),
        ("eligibility.yaml", "row: deceased", "row: resident", "row: resident", "two rows are called 'resident'"),
        ("process.bpmn", 'implementation="eligibility"', 'implementation="x"', 'n="x"', "no decision table 'x'"),
        ("process.bpmn", 'implementation="refuse_case"', 'implementation="x"', 'n="x"', "no operation 'x'"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(
    loader: Loader, domisili: Path, spoil: Spoil, *, name: str, old: str, new: str, line_holds: str, what: str
) -> None:
    spoil(name, old, new)
    with pytest.raises(CityDataError) as caught:
        loader.load(domisili)
    assert caught.value.path.name == name
    assert what in caught.value.what
    assert line_holds in (domisili / name).read_text().splitlines()[caught.value.line - 1]


def test_a_reminder_looks_only_at_what_the_service_needs(loader: Loader, domisili: Path, spoil: Spoil) -> None:
    spoil("service.yaml", "  - fact: person.has_property_tax_arrears\n", "  - fact: person.property_tax_arrears\n")
    with pytest.raises(CityDataError, match=r"the reminder looks at person\.property_tax_arrears"):
        loader.load(domisili)


def test_a_table_must_say_what_happens_when_no_row_fits(loader: Loader, domisili: Path, spoil: Spoil) -> None:
    spoil("eligibility.yaml", "  - row: resident\n", "  - row: resident\n    when: {person.is_adult: true}\n")
    with pytest.raises(CityDataError, match="does not say what happens when no row fits"):
        loader.load(domisili)


def test_one_broken_package_does_not_take_the_others_with_it(
    loader: Loader, city_copy: Path, domisili: Path, spoil: Spoil
) -> None:
    (city_copy / "services" / "broken").mkdir()
    (city_copy / "services" / "broken" / "service.yaml").write_text("service: broken\n")
    loaded, refused = loader.load_all()
    others = sorted(folder.name for folder in (city_copy / "services").iterdir() if folder.name != "broken")
    assert list(loaded) == others
    assert "domisili" in others
    assert [error.path.parent.name for error in refused] == ["broken"]


def test_two_packages_cannot_share_a_prefix(loader: Loader, city_copy: Path, domisili: Path) -> None:
    twin = city_copy / "services" / "kembar"
    twin.mkdir()
    for file in domisili.iterdir():
        (twin / file.name).write_text(file.read_text().replace("service: domisili", "service: kembar"))
    _loaded, refused = loader.load_all()
    assert [error.what for error in refused] == ["domisili has the prefix DOM already"]


def test_any_change_in_the_folder_is_another_version(domisili: Path, spoil: Spoil) -> None:
    before = version_of(domisili, "")
    spoil("document.typ", "menerangkan", "menyatakan")
    assert version_of(domisili, "") != before


def test_a_figure_holds_from_its_day_on() -> None:
    from datetime import date

    months = the_packages()["domisili"].document.validity_months
    assert in_force(months, date(2019, 12, 31)) is None
    figure = in_force(months, date(2020, 1, 1))
    assert figure is not None
    assert figure.value == 6
    assert not figure.confirmed


def test_typing_errors_are_forgiven_in_long_words_only(knowledge: Knowledge) -> None:
    assert [k.fact for k in knowledge.asked_by(["pekerjan"])] == ["person.occupation"]
    assert knowledge.asked_by(["lama"]) == ()  # not "nama"


def test_a_hint_cannot_ask_for_a_photocopy_either(loader: Loader, domisili: Path, spoil: Spoil) -> None:
    hint = "    hint: {id: Lampirkan tautan scan KTP Anda, en: x y z}\n"
    spoil("service.yaml", QUESTIONS, question("Berkas pendukung", "x y z", more=hint))
    with pytest.raises(CityDataError, match="asks for a paper"):
        loader.load(domisili)


def test_every_fact_that_a_system_answers_is_recognised_by_its_own_labels(knowledge: Knowledge) -> None:
    for key, fact in knowledge.catalogue.facts.items():
        assert knowledge.knows(key), f"{key} is answered by no system"
        for text in (fact.label.id, fact.label.en, *knowledge.synonyms.get(key, ())):
            about = {fact.subject}
            assert knowledge.asked_by([text], about=about), f"{text!r} does not ask for {key}"
            assert knowledge.asked_by([f"Mohon isi {text} Anda!"], about=about), f"{text!r} said politely"


def test_a_number_of_questions_from_real_forms_are_not_mistaken_for_facts(knowledge: Knowledge) -> None:
    questions = [
        *(
            "Untuk keperluan apa?",
            "Alasan pindah",
            "Jenis kegiatan",
            "Tanggal kegiatan",
            "Lokasi acara",
            "Nama usaha",
        ),
        *(
            "Bidang usaha",
            "Ukuran papan",
            "Lama pemasangan",
            "Nomor telepon",
            "Alamat surel",
            "Nama barang yang hilang",
        ),
        *(
            "Kronologi kejadian",
            "Jumlah peserta",
            "Jam mulai",
            "Warna kendaraan",
            "Nomor polisi kendaraan",
            "Nama bayi",
        ),
        *(
            "Berat bayi",
            "Nama saksi",
            "What is it for?",
            "Reason for moving",
            "Name of the event",
            "Date of the event",
        ),
    ]
    assert {question: asked for question in questions if (asked := knowledge.asked_by([question]))} == {}


def test_only_a_service_for_businesses_knows_a_business(loader: Loader, domisili: Path, spoil: Spoil) -> None:
    spoil("service.yaml", QUESTIONS, question("Nama usaha", "x y z"))
    loader.load(domisili)
    spoil("service.yaml", "\nneeds:\n", "\nneeds:\n  - business.name\n")
    with pytest.raises(CityDataError, match=r"Write also:  for: \[business\]"):
        loader.load(domisili)
    spoil("service.yaml", "\nfor: [self, child, spouse, parent]\n", "\nfor: [business]\n")
    with pytest.raises(CityDataError, match="asks what the city knows"):
        loader.load(domisili)


def test_nobody_asks_for_a_business_and_a_child_in_one_service(loader: Loader, domisili: Path, spoil: Spoil) -> None:
    spoil("service.yaml", "\nneeds:\n", "\nfor: [business, child]\nneeds:\n")
    with pytest.raises(CityDataError):
        loader.load(domisili)


def test_how_long_a_permit_holds_is_said_for_each_answer(loader: Loader, city_copy: Path) -> None:
    folder = city_copy / "services" / "reklame"
    file = folder / "service.yaml"
    whole = file.read_text(encoding="utf-8")
    assert loader.load(folder).document.answer_months == {"m1": 1, "m3": 3, "m6": 6, "m12": 12}
    file.write_text(whole.replace("months: {m1: 1, m3: 3, m6: 6, m12: 12}", "months: {m1: 1}"), encoding="utf-8")
    with pytest.raises(CityDataError, match="how long m3 is"):
        loader.load(folder)
    file.write_text(whole.replace("answer: duration", "answer: site"), encoding="utf-8")
    with pytest.raises(CityDataError, match="no question of type choice"):
        loader.load(folder)


def test_a_letter_has_what_was_said_in_words_and_none_for_what_was_not(loader: Loader, city_copy: Path) -> None:
    package = loader.load(city_copy / "services" / "reklame")
    asked = document_data(package, {}, {"kind": "sign_2"}, number="", results={"inspect": {"decision": "approve"}})
    assert asked["answers"] == {"kind": "sign_2", "site": None, "duration": None}
    assert asked["said"]["kind"] == "Papan nama atau neon box, sampai 2\u00a0m²"
    assert (asked["tasks"]["inspect"]["decision"], asked["results"]) == ("approve", {})
    assert set(asked["tasks"]["inspect"]["answers"].values()) == {None}
    (born_on,) = (one for one in loader.load(city_copy / "services/akta-kelahiran").questions if one.key == "born_on")
    with override("id"):
        assert [shown(born_on, told) for told in ("2026-12-20", "20-12")] == ["20 Desember 2026", "20-12"]
