import pytest

from satu.config import messages


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of its own, with one text in code and one in a template."""
    monkeypatch.setattr(messages, "PACKAGES", tmp_path)
    folder = tmp_path / "bells"
    (folder / "jinja2").mkdir(parents=True)
    (folder / "apps.py").write_text("")
    (folder / "pages.py").write_text("from x import gettext as _\nA = _('Ring the bell')\n")
    (folder / "jinja2" / "bell.html").write_text("{% trans trimmed n=2 %}\n  {{ n }} bells\n{% endtrans %}")
    return folder


def po(package):
    return package / "locale" / "id" / "LC_MESSAGES" / "django.po"


def test_a_text_without_translation_is_complained_of(package):
    messages.update()
    found = {(c.message, c.what) for c in messages.complaints()}
    assert found == {("Ring the bell", "not translated"), ("%(n)s bells", "not translated")}


def test_a_translation_that_nothing_shows_is_complained_of_and_removed(package):
    messages.update()
    text = po(package).read_text()
    text = text.replace('msgid "Ring the bell"\nmsgstr ""', 'msgid "Ring the bell"\nmsgstr "Bunyikan lonceng"')
    text = text.replace('msgid "%(n)s bells"\nmsgstr ""', 'msgid "%(n)s bells"\nmsgstr "%(n)s lonceng"')
    po(package).write_text(text)
    assert list(messages.complaints()) == []
    (package / "pages.py").write_text("")
    assert [c.what.split(" (")[0] for c in messages.complaints()] == ["no longer used"]
    messages.update()
    assert list(messages.complaints()) == []
    assert "Bunyikan" not in po(package).read_text()


def test_a_translation_that_loses_a_placeholder_is_complained_of(package):
    messages.update()
    text = po(package).read_text()
    po(package).write_text(
        text.replace('msgid "%(n)s bells"\nmsgstr ""', 'msgid "%(n)s bells"\nmsgstr "lonceng %(m)s"')
    )
    assert "%(n)s bells" in {c.message for c in messages.complaints()}
    assert any("placeholder" in c.what for c in messages.complaints())


def test_updating_twice_changes_nothing(package):
    messages.update()
    before = po(package).read_bytes()
    assert messages.update() == []
    assert po(package).read_bytes() == before


@pytest.mark.parametrize("file", ["texts/service.yaml", "texts/letter.typ"])
def test_officialese_is_complained_of_wherever_there_is_text(package, file, settings, tmp_path):
    messages.update()
    text = po(package).read_text().replace('msgstr ""\n\n', 'msgstr "Sehubungan dengan %(n)s lonceng"\n\n')
    po(package).write_text(text)
    settings.SATU_CITY = str(tmp_path / "city")
    path = tmp_path / "city" / file
    path.parent.mkdir(parents=True)
    path.write_text(
        "name: Berguna, we hereby certify\n# apabila"
        if file.endswith("yaml")
        else "we hereby certify berguna\n// apabila"
    )
    found = [(c.catalogue.name, c.what) for c in messages.complaints() if "officialese" in c.what]
    assert (path.name, "officialese, “hereby” (leave it out)") in found
    assert not any("guna" in what or "apabila" in what for _name, what in found)
