"""What comes in as a file is told by its bytes, and its name does no harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.kernel.errors import InvalidInput
from satu.services.conversation.files import MEGABYTE, check_file, clean_name, kind_of

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + bytes(40) + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40) + b"IEND\xaeB`\x82"
WEBP = b"RIFF\x24\0\0\0WEBPVP8 " + bytes(40)
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40)
OTHERS = {
    "a program": b"MZ" + bytes(60),
    "a program that ends like a PDF": b"MZ" + bytes(60) + b"%%EOF\n",
    "an archive": b"PK\x03\x04" + bytes(60),
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a page that names a PDF": b"<html>%PDF-1.7\n",
    "a drawing that can run": b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "a text": b"halo",
    "a shell script": b"#!/bin/sh\nrm -rf /\n",
}


@pytest.mark.parametrize(
    ("content", "kind"), [(PDF, "pdf"), (JPEG, "jpeg"), (PNG, "png"), (WEBP, "webp"), (HEIC, "heic")]
)
def test_a_file_is_what_its_bytes_say(content, kind):
    assert kind_of(content) == kind


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
def test_everything_else_is_refused_whatever_it_is_called(content):
    assert kind_of(content) is None
    with pytest.raises(InvalidInput, match="PDF, JPEG"):
        check_file("rancangan.pdf", content, kinds=("pdf", "jpeg"), max_bytes=MEGABYTE)


def test_a_kind_that_this_package_does_not_take_is_refused():
    with pytest.raises(InvalidInput, match="PDF"):
        check_file("foto.pdf", PNG, kinds=("pdf",), max_bytes=MEGABYTE)


def test_too_large_and_empty_are_refused():
    with pytest.raises(InvalidInput, match="1 MB"):
        check_file("a.pdf", PDF + bytes(MEGABYTE), kinds=("pdf",), max_bytes=MEGABYTE)
    with pytest.raises(InvalidInput, match=r"empty|kosong"):
        check_file("a.pdf", b"", kinds=("pdf",), max_bytes=MEGABYTE)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Rancangan Reklame.PDF", "Rancangan Reklame.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\system32\\cmd.exe", "cmd.pdf"),
        ("/var/www/shell.php", "shell.pdf"),
        ("foto\u202egpj.exe", "fotogpj.pdf"),
        ("42.zip.zip.zip", "42.zip.zip.pdf"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "abSet-Cookie x.pdf"),
        ('"; rm -rf ~; ".pdf', "rm -rf ~.pdf"),
        ("KTP 3671014506910003.jpg", "KTP.pdf"),
        ("KTP_3671-0145-0691-0003_siti.pdf", "KTP__siti.pdf"),
        ("", "berkas.pdf"),
        ("....", "berkas.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("x" * 5000 + ".pdf", "x" * 80 + ".pdf"),
    ],
)
def test_names_lose_their_tricks(sent, kept):
    assert clean_name(sent, ".pdf") == kept


@given(st.text(max_size=300))
def test_no_name_whatever_leads_out_of_its_folder(name):
    kept = clean_name(name, ".pdf")
    assert kept.endswith(".pdf")
    assert not set(kept) & set('/\\\0"<>|:*?%$`;&\r\n')
    assert len(kept) <= 84
    assert ".." not in kept.removesuffix(".pdf") or not kept.startswith(".")
