"""The commands of documents, for authors and operators."""

import json

import pytest
from typer.testing import CliRunner

from satu.documents.commands import app
from satu.documents.models import Document
from satu.documents.tests.letters import FACTS, TEMPLATE


def preview(tmp_path, data, *more, template=TEMPLATE):
    values = tmp_path / "values.json"
    values.write_text(data if isinstance(data, str) else json.dumps(data))
    letter = tmp_path / "letter.pdf"
    return CliRunner().invoke(app, ["preview", str(template), str(values), str(letter), *more]), letter


@pytest.mark.django_db
def test_an_author_sees_her_letter_without_issuing_it(tmp_path):
    said, letter = preview(tmp_path, {"lang": "en", "facts": FACTS, "answers": {}}, "--agency", "kelurahan")
    assert said.exit_code == 0
    assert letter.read_bytes().startswith(b"%PDF-1.7")
    assert not Document.objects.exists()


def test_an_author_is_told_file_and_line(tmp_path):
    template = tmp_path / "service" / "document.typ"
    template.parent.mkdir()
    template.write_text('#import "@satu/letter:1.0.0": *\n#show: letter\n#oops\n')
    said, letter = preview(tmp_path, {}, template=template)
    assert said.exit_code == 1
    assert "document.typ:3: unknown variable: oops" in said.output
    assert not letter.exists()


@pytest.mark.parametrize(
    ("data", "more", "says"),
    [("not json", [], "Expecting value"), ({"facts": {}}, ["--agency", "nasa"], "no agency 'nasa'")],
)
def test_an_author_is_told_what_is_wrong_with_the_values(tmp_path, data, more, says):
    said, letter = preview(tmp_path, data, *more)
    assert said.exit_code == 1
    assert says in said.output
    assert not letter.exists()
