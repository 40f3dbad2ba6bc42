"""Letters for the tests: one ordinary request, of which a test changes what it is about."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from satu.documents.actions import issue_document
from satu.identity.types import SYSTEM
from satu.kernel.city import Label
from satu.kernel.identifiers import Nik

SITI = Nik("3671015403910003")
BUDI = Nik("3671011203850001")
TEMPLATE = Path(settings.SATU_CITY) / "services" / "domisili" / "document.typ"

FACTS = {
    "person.name": "Siti Aminah",
    "person.nik": SITI.value,
    "person.birth_place": "Tangerang",
    "person.birth_date": "14 Maret 1991",
    "person.sex": "Perempuan",
    "person.religion": "Islam",
    "person.marital_status": "Kawin",
    "person.occupation": "Karyawan Swasta",
    "person.citizenship": "WNI",
    "person.address": "Jl. Melati Raya No. 12",
    "person.rt": "003",
    "person.rw": "007",
    "person.kelurahan": "Sukasari",
    "person.kecamatan": "Tangerang",
    "person.postcode": "15118",
    "person.residence_since": "2 Januari 2015",
}


def letter(**changes):
    """What a service asks for; ``changes`` replace parts of it."""
    return {
        "service": "domisili",
        "template": TEMPLATE,
        "data": {"lang": "id", "facts": FACTS, "answers": {"purpose": "membuka rekening bank"}},
        "title": Label("Surat Keterangan Domisili", "Certificate of Domicile"),
        "holder": SITI,
        "holder_name": "Siti Aminah",
        "issuer": "dukcapil",
        "classification": "400.12.2.1",
        "case_reference": "DOM-2026-000001",
        "valid_until": timezone.localdate() + timedelta(days=180),
        "idempotency_key": f"case:{uuid4()}",
        "by": SYSTEM,
        **changes,
    }


def issue(**changes):
    return issue_document(**letter(**changes))
