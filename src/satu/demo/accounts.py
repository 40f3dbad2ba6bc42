"""The people who may sign in to the demonstration: residents chosen from the built city, and officers.

The same city gives the same people: each search takes the first match in order of record number.
"""

import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import connection

from satu.identity import actions
from satu.identity.queries import demonstration_accounts
from satu.identity.types import ADMINISTRATOR, SYSTEM, Actor, account_reference
from satu.kernel.city import Label, the_city
from satu.kernel.identifiers import Nik
from satu.services.packages import the_packages


@dataclass(frozen=True, slots=True)
class DemoAccount:
    login: str = field(repr=False)
    name: str
    who: Label
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part in the demonstration, and whom of the register it takes (SQL over r, m and f).

    ``known_to``: a simulated system that has to know her, and the question to its storage that gives NIKs.
    """

    who: Label
    whom: str
    known_to: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Officer:
    login: str
    name: str
    agency: str
    duties: tuple[str, ...]
    who: Label


_SEARCH = """
SELECT r.nik, r.name FROM registry_resident r
  JOIN registry_membership m ON m.resident_id = r.id JOIN registry_family f ON f.id = m.family_id
 WHERE r.life_status = 1 AND r.nik <> ALL(%(taken)s) AND (%(known)s::text[] IS NULL OR r.nik = ANY(%(known)s)) AND """
_GROWN = "r.birth_date BETWEEN %(today)s::date - interval '{} years' AND %(today)s::date - interval '{} years'"
_CHILDREN = """(SELECT count(*) FROM registry_membership cm JOIN registry_resident c ON c.id = cm.resident_id
                 WHERE cm.family_id = f.id AND cm.role = 4 AND c.mother_nik = r.nik
                   AND c.birth_date > %(today)s::date - interval '{} years')"""
#: One registration that is active, enough credits, and two or three places, all of them in the city.
_PRACTISES = """SELECT nik FROM nakes JOIN (SELECT nik, count(*) AS places FROM penempatan GROUP BY nik
    HAVING min(kabkota) = '36.71' AND max(kabkota) = '36.71') USING (nik)
    WHERE profesi = '{}' AND status_str = 'AKTIF' AND skp >= skp_target AND places BETWEEN 2 AND 3
    GROUP BY nik HAVING count(*) = 1"""
_CITIZENS = (
    _Part(
        Label(id="Ibu dengan dua anak sekolah", en="Mother of two children at school"),
        "m.role = 3 AND r.sex = 'female' AND " + _GROWN.format(44, 29) + " AND " + _CHILDREN.format(16) + " >= 2",
    ),
    _Part(
        Label(id="Pensiunan, kepala keluarga", en="Pensioner, head of his family"),
        "m.role = 1 AND r.sex = 'male' AND r.occupation = 4 AND " + _GROWN.format(85, 65),
    ),
    _Part(
        Label(id="Pemilik usaha", en="Owner of a business"),
        "m.role = 1 AND r.occupation = 88 AND " + _GROWN.format(55, 28),
        (
            "oss",
            """SELECT nik FROM pelaku_usaha JOIN usaha USING (id_profil) WHERE nik <> ''
            GROUP BY nik HAVING count(DISTINCT id_profil) = 1 AND min(status) = 'Aktif'""",
        ),
    ),
    _Part(
        Label(id="Ibu dengan bayi baru lahir", en="Mother of a newborn child"),
        "r.sex = 'female' AND m.role = 3 AND r.marital_status = 2 AND "
        + _GROWN.format(42, 19)
        + " AND "
        + _CHILDREN.format(2)
        + " = 0",
        # The hospital's letter is there, and the register does not know the child yet.
        ("bpjs", "SELECT nikIbu FROM kelahiran GROUP BY nikIbu HAVING count(*) = 1"),
    ),
    _Part(
        Label(id="Mahasiswa, tinggal bersama orang tua", en="Student, living with the parents"),
        "m.role = 4 AND r.occupation = 3 AND " + _GROWN.format(22, 18),
    ),
    _Part(Label(id="Dokter", en="Doctor"), _GROWN.format(60, 25), ("nakes", _PRACTISES.format("dokter"))),
    _Part(Label(id="Perawat", en="Nurse"), _GROWN.format(60, 23), ("nakes", _PRACTISES.format("perawat"))),
)
_OFFICERS = (
    _Officer(
        "loket@kelurahan.demo", "Rina Marlina", "kelurahan", ("front-office",),
        Label(id="Petugas loket kelurahan", en="Counter officer of a kelurahan"),
    ),
    # A second one each where a rule wants another officer: an objection to the first one's refusal, and four eyes.
    _Officer(
        "sekretaris@kelurahan.demo", "Asep Kurniawan", "kelurahan", ("front-office",),
        Label(id="Sekretaris kelurahan, petugas kedua", en="Secretary of a kelurahan, the second officer"),
    ),
    _Officer(
        "petugas@dukcapil.demo", "Hendra Saputra", "dukcapil", ("civil-registrar", "front-office"),
        Label(id="Petugas pencatatan sipil, Disdukcapil", en="Civil registrar, Disdukcapil"),
    ),
    _Officer(
        "kepala@dukcapil.demo", "Ratna Dewi", "dukcapil", ("head-of-office",),
        Label(id="Kepala dinas, Disdukcapil", en="Head of the agency, Disdukcapil"),
    ),
    _Officer(
        "pendamping@dinsos.demo", "Siti Komariah", "dinsos", ("social-worker",),
        Label(id="Pekerja sosial, Dinas Sosial", en="Social worker, Social Affairs Agency"),
    ),
    _Officer(
        "perizinan@dpmptsp.demo", "Agus Wibowo", "dpmptsp", ("licensing",),
        Label(id="Petugas perizinan, DPMPTSP", en="Licensing officer, DPMPTSP"),
    ),
    _Officer(
        "perizinan2@dpmptsp.demo", "Wulan Sari", "dpmptsp", ("licensing",),
        Label(id="Petugas perizinan kedua, DPMPTSP", en="Second licensing officer, DPMPTSP"),
    ),
    _Officer(
        "lapangan@dpmptsp.demo", "Yuni Astuti", "dpmptsp", ("field-inspector",),
        Label(id="Pemeriksa lapangan, DPMPTSP", en="Field inspector, DPMPTSP"),
    ),
    _Officer(
        "integrator@kominfo.demo", "Bayu Pratama", "diskominfo", ("integrator", "city-admin"),
        Label(id="Pengelola integrasi, Diskominfo", en="Integration officer, Diskominfo"),
    ),
    _Officer(
        "staf@walikota.demo", "Nurul Hidayah", "setda", ("city-hall",),
        Label(id="Staf Wali Kota", en="The mayor's staff"),
    ),
    *(
        _Officer(
            f"admin@{domain}.demo", name, agency, ("agency-admin",),
            Label(id=f"Administrator petugas, {short}", en=f"Administrator of officers, {short}"),
        )
        for domain, name, agency, short in (
            ("kelurahan", "Dian Puspita", "kelurahan", "Kelurahan"),
            ("dukcapil", "Fajar Nugroho", "dukcapil", "Disdukcapil"),
            ("dinsos", "Maya Anggraini", "dinsos", "Dinsos"),
            ("dpmptsp", "Rudi Hartono", "dpmptsp", "DPMPTSP"),
            ("kominfo", "Lina Safitri", "diskominfo", "Diskominfo"),
            ("setda", "Teguh Prakoso", "setda", "Setda"),
        )
    ),
)  # fmt: skip
#: Names for officers whom a service needs and the list above does not have.
_FIRST = ("Andi", "Dewi", "Eko", "Fitri", "Gunawan", "Indah", "Joko", "Kartika", "Lukman", "Mega", "Novi", "Yanti")
_LAST = ("Firmansyah", "Hakim", "Lestari", "Mulyana", "Nasution", "Permana", "Rahayu", "Siregar", "Utami", "Wijaya")


def password() -> str:
    """The demonstration's one password: ``SATU_DEMO_PASSWORD``, or the well-known one."""
    return os.environ.get("SATU_DEMO_PASSWORD", "satu-demo")


def build(today: date) -> list[DemoAccount]:
    """Open the accounts of the demonstration; ``today`` is the day as of which ages are reckoned.

    Demonstration accounts of an earlier city are closed. A part that nobody in a very small city can play is left
    out.
    """
    residents = _cast(today)
    staff = _staff()
    actions.close_demonstration_accounts(
        keep=[*(nik.value for nik, _, _ in residents), *(officer.login for officer in staff)]
    )
    for nik, name, _ in residents:
        account = actions.open_resident_account(nik=nik, name=name, password=password(), demo=True)
        _reachable(account.pk, name, "warga.example", f"+62810{account.pk:08d}")
    _employ(staff)
    _remember({nik.value: who for nik, _, who in residents} | {one.login: one.who for one in staff})
    return listing()


def staff() -> int:
    """Officers for every duty that a task of a service asks for; how many had to be opened for that.

    A service that somebody has just written can so be carried to its document, whichever agency decides it.
    """
    there = {account.login for account in demonstration_accounts()}
    missing = [one for one in _staff() if one.login not in there]
    if missing:
        _employ(missing)
        _remember(_remembered() | {one.login: one.who for one in missing})
    return len(missing)


def listing() -> list[DemoAccount]:
    """Those who may sign in to this demonstration, residents first; empty outside development."""
    whos = _remembered()
    accounts = sorted(demonstration_accounts(), key=lambda account: (account.kind != "resident", account.id))
    return [
        DemoAccount(
            login=account.login,
            name=account.name,
            who=whos.get(account.login, Label(id="", en="")),
            password=password(),
        )
        for account in accounts
    ]


def officers() -> list[Actor]:
    """Those of the demonstration's officers who decide on requests, as they act."""
    numbers = {account.login: account.id for account in demonstration_accounts() if account.kind == "officer"}
    return [
        Actor(
            account_reference(numbers[one.login]),
            "officer",
            one.name,
            agency=one.agency,
            duties=frozenset(one.duties),
        )
        for one in _staff()
        if one.login in numbers and set(one.duties) - {ADMINISTRATOR}
    ]


def introductions() -> Mapping[str, Label]:
    """Who each of them is, by login, for the sign-in page."""
    return {account.login: account.who for account in listing() if account.who.id}


def _staff() -> Sequence[_Officer]:
    """The officers above, and one more (two for four eyes) for each duty that they leave out and a service needs.

    An agency that decides something has its administrator, too.
    """
    return [*_OFFICERS, *_for_services()]


def _for_services() -> Iterator[_Officer]:
    wanted: dict[tuple[str, str], int] = {}
    for package in the_packages().values():
        for task in package.tasks.values():
            key = task.agency, task.duty
            wanted[key] = max(wanted.get(key, 1), 2 if task.four_eyes else 1)
            if task.silence and task.silence.duty:
                wanted.setdefault((task.agency, task.silence.duty), 1)
            if ADMINISTRATOR in the_city().agencies[task.agency].duties:
                wanted[task.agency, ADMINISTRATOR] = 1
    for (agency, duty), count in sorted(wanted.items()):
        have = sum(one.agency == agency and duty in one.duties for one in _OFFICERS)
        for number in range(have + 1, count + 1):
            yield _made_up(agency, duty, number)


def _made_up(agency: str, duty: str, number: int) -> _Officer:
    city = the_city()
    told = int.from_bytes(hashlib.sha256(f"{agency} {duty} {number}".encode()).digest()[:4])
    name = f"{_FIRST[told % len(_FIRST)]} {_LAST[told // len(_FIRST) % len(_LAST)]}"
    does, short = city.duties[duty], city.agencies[agency].short
    which = (" kedua", "Second ") if number > 1 else ("", "")
    who = Label(
        id=f"{does.id}{which[0]}, {short}", en=f"{which[1]}{does.en.lower() if which[1] else does.en}, {short}"
    )
    return _Officer(f"{duty}{number if number > 1 else ''}@{agency}.demo", name, agency, (duty,), who)


def _employ(staff: Sequence[_Officer]) -> None:
    for one in staff:
        account = actions.open_officer_account(
            login=one.login, name=one.name, password=password(), agency=one.agency, duties=one.duties, demo=True
        )
        _reachable(account.pk, one.name, "kantor.example")


def _reachable(account_id: int, name: str, domain: str, phone: str = "") -> None:
    """An address under a name that nobody can own (RFC 2606), and a number that no operator has given out."""
    email = f"{re.sub('[^a-z]+', '.', name.lower()).strip('.')}@{domain}"
    actions.keep_verified_contact_point(account_id=account_id, channel="email", address=email, by=SYSTEM)
    if phone:
        actions.keep_verified_contact_point(account_id=account_id, channel="sms", address=phone, by=SYSTEM)


def _cast(today: date) -> list[tuple[Nik, str, Label]]:
    cast: list[tuple[Nik, str, Label]] = []
    with connection.cursor() as cursor:
        for part in _CITIZENS:
            taken = [nik.value for nik, _, _ in cast]
            cursor.execute(
                _SEARCH + part.whom + " ORDER BY r.id LIMIT 1",
                {"today": today, "taken": taken, "known": _known(part)},
            )
            if row := cursor.fetchone():
                cast.append((Nik(row[0]), row[1], part.who))
    return cast


def _known(part: _Part) -> list[str] | None:
    """Whom the part's system knows; anybody, where the simulated systems are not filled."""
    if part.known_to is None:
        return None
    code, question = part.known_to
    path = Path(settings.SATU_SIMULATED_SYSTEMS) / f"{code}.sqlite"
    if not path.exists():
        return None
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as storage:
        return [nik for (nik,) in storage.execute(question)]


def _notes() -> Path:
    return Path(settings.STATE_DIR) / "demonstration.json"


def _remember(whos: Mapping[str, Label]) -> None:
    """Keep the parts, so that the sign-in page need not search the register for them."""
    _notes().parent.mkdir(parents=True, exist_ok=True)
    _notes().touch(mode=0o600)
    content = {login: {"id": who.id, "en": who.en} for login, who in whos.items()}
    _notes().write_text(json.dumps(content), encoding="utf-8")


def _remembered() -> dict[str, Label]:
    try:
        content = json.loads(_notes().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {login: Label(**who) for login, who in content.items()}
