"""Tests about the code base itself."""

import json
import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted(p.parent for p in (ROOT / "src" / "satu").rglob("apps.py"))


def tracked():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def test_there_are_packages_to_look_at():
    assert len(PACKAGES) > 8


def test_every_package_says_what_it_is_for():
    assert [str(p) for p in PACKAGES if not (p / "README.md").is_file()] == []


def test_no_package_is_a_drawer_for_everything():
    names = {p.stem for p in tracked() if p.suffix == ".py"} | {p.parent.name for p in tracked()}
    assert names & {"utils", "util", "common", "helpers", "misc"} == set()


def test_the_platform_does_not_name_its_first_city():
    """Another city is another folder; only the demonstration's word lists and tests may know Tangerang."""
    allowed = ("src/satu/demo/", "tests/", "bench/")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix in {".py", ".html", ".typ"}
        and str(path.relative_to(ROOT)).startswith("src/")
        and not str(path.relative_to(ROOT)).startswith(allowed)
        and "/tests/" not in str(path)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"tangerang", line, re.IGNORECASE) and '"cities"' not in line
    ]
    assert found == []


def test_requirements_are_pinned_by_hash_and_carry_no_address():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "--index-url" not in text
        assert text.count("--hash=sha256:") > text.count("==")


def test_the_npm_lock_carries_no_address():
    lock = ROOT / "package-lock.json"
    packages = json.loads(lock.read_text())["packages"]
    assert packages
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


def test_no_secret_is_committed():
    marks = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}")
    binary = {".png", ".woff2", ".ttf", ".otf", ".gz", ".br", ".pdf", ".jpg"}
    found = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix not in binary and marks.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert [f for f in found if f != "tests/architecture/test_the_repository.py"] == []


def test_the_ci_calls_the_readmes_test_command():
    assert "make test" in (ROOT / ".ci" / "run").read_text()
    assert "make test" in (ROOT / "README.md").read_text()


def test_links_between_documents_lead_somewhere():
    link = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)|(?:src|href)=\"([^\":#]+)\"")
    broken = [
        f"{path.relative_to(ROOT)} -> {target}"
        for path in tracked()
        if path.suffix == ".md"
        for match in link.finditer(path.read_text(encoding="utf-8"))
        if (target := match.group(1) or match.group(2)) and not (path.parent / target).exists()
    ]
    assert broken == []


def _bases(node):
    """Every text that says which rule something rests on, in a file of a city."""
    if isinstance(node, dict):
        for key, inside in node.items():
            if key in {"basis", "legal_basis"} and isinstance(inside, str):
                yield inside
            else:
                yield from _bases(inside)
    elif isinstance(node, list):
        for inside in node:
            yield from _bases(inside)


def test_a_rule_is_quoted_in_the_language_of_the_law():
    """Both languages of a page show the same quotation: a remark in English would stand on Indonesian pages."""
    english = re.compile(r"\b(art\.|the|of|and|not|for|years|checked|read)(?!\w)", re.IGNORECASE)
    quoted = [
        (path.relative_to(ROOT), text)
        for path in tracked()
        if path.suffix == ".yaml" and "cities" in path.parts
        for text in _bases(yaml.safe_load(path.read_text(encoding="utf-8")))
    ]
    assert len(quoted) > 50
    assert [(str(path), text) for path, text in quoted if english.search(text)] == []
