"""Where people live and where they were born."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from satu.demo.city import names
from satu.demo.city.draw import Draw, Ints
from satu.demo.city.names import Texts

#: The block number whose chance lays out the areas; no block of residents has it.
_AREAS_BLOCK = 2**31

#: Where people of an origin come from: the place as cards write it, and the code that begins a NIK there.
_ELSEWHERE: dict[int, str] = {
    names.SUNDANESE: "Lebak 3602,Pandeglang 3601,Serang 3604,Bogor 3201,Sukabumi 3202,Cianjur 3203,Bandung 3204,"
    "Garut 3205,Tasikmalaya 3206,Ciamis 3207,Kuningan 3208,Cirebon 3209,Majalengka 3210,Sumedang 3211,"
    "Indramayu 3212,Subang 3213,Purwakarta 3214,Karawang 3215",
    names.JAVANESE: "Kebumen 3305,Banyumas 3302,Cilacap 3301,Tegal 3328,Brebes 3329,Pemalang 3327,Purworejo 3306,"
    "Klaten 3310,Wonogiri 3312,Sragen 3314,Solo 3372,Semarang 3374,Grobogan 3315,Pekalongan 3326,Yogyakarta 3471,"
    "Gunungkidul 3403,Sleman 3404,Surabaya 3578,Madiun 3519,Kediri 3506,Blitar 3505,Malang 3507,Ngawi 3521,"
    "Lampung Timur 1807,Magetan 3520,Temanggung 3323",
    names.BETAWI: "Jakarta 3173,Jakarta Barat 3173,Jakarta Selatan 3174,Bekasi 3216,Depok 3276,Tangerang 3603",
    names.MINANG: "Padang 1371,Bukittinggi 1375,Agam 1306,Solok 1303,Padang Pariaman 1305,Tanah Datar 1304,"
    "Pesisir Selatan 1301,Payakumbuh 1376",
    names.BATAK: "Medan 1271,Tarutung 1202,Balige 1212,Pematang Siantar 1272,Tapanuli Utara 1202,Samosir 1217,"
    "Sibolga 1273,Dairi 1211,Karo 1206,Simalungun 1208",
    names.EAST: "Kupang 5371,Ende 5308,Maumere 5307,Flores Timur 5306,Manado 7171,Minahasa 7102,Tomohon 7173,Ambon 8171,"
    "Jayapura 9171,Sorong 9271",
    names.BALI: "Denpasar 5171,Buleleng 5108,Gianyar 5104,Tabanan 5102,Karangasem 5107,Lombok Barat 5201",
    names.CHINESE: "Tangerang 3603,Jakarta 3173,Jakarta Barat 3173,Pangkal Pinang 1971,Belitung 1902,Pontianak 6171,"
    "Singkawang 6172,Medan 1271,Bogor 3271,Semarang 3374,Palembang 1671,Sukabumi 3272",
}
#: In ten thousand: who was born in the city, by origin, when past forty.
_ROOTED = np.array([3000, 1800, 7600, 1500, 1200, 1200, 1000, 7800])

_STREETS = (
    "Melati Mawar Kenanga Cempaka Anggrek Dahlia Flamboyan Kamboja Teratai Seruni Bougenville Nusa_Indah Mangga Rambutan "
    "Jambu Nangka Duku Salak Manggis Sawo Kelapa Jati Mahoni Cemara Pinus Beringin Akasia Merpati Garuda Rajawali "
    "Kutilang Nuri Cendrawasih Merak Elang Kasuari Gelatik Kepodang Cisadane Ciliwung Citarum Cimanuk Musi Barito "
    "Mahakam Merapi Semeru Bromo Rinjani Kerinci Galunggung Papandayan Pangrango Gede Salak_Raya Pahlawan Merdeka "
    "Perintis Pemuda Veteran Pembangunan Gotong_Royong Musyawarah Swadaya Karya_Bakti Bhakti Sejahtera Sentosa Damai "
    "Rukun Harmoni Makmur Mulia Jaya Abadi Sukun Delima Apel Anggur Kemuning Wijaya_Kusuma Sakura Tulip Lavender"
).split()
_ALLEYS = (
    "H. Saman|H. Naim|H. Jali|H. Mursan|H. Rais|H. Sanusi|H. Abdul Gani|H. Muhi|H. Tabrani|H. Romli|Masjid|Mushola|"
    "Langgar|Sekolah|Puskesmas|Sumur Bor|Lapangan|Pasar Lama|Kebon Jeruk|Kebon Nanas|Kebon Pisang|Empang|Rawa|Sawah|"
    "Lurah|Balai Desa|Amil|Ustadz Yahya|Mandor|Guru Mansur|Swadaya|Buntu|Damai|Mede|Kramat|Cendana|Macan|Kelinci"
).split("|")
_ESTATES = (
    "Taman Cibodas|Griya Asri|Bumi Permata|Pondok Makmur|Villa Mutiara|Taman Royal|Poris Indah|Benua Indah|Duta Garden|"
    "Puri Beta|Ciledug Indah|Pondok Arum|Periuk Jaya Permai|Total Persada|Alam Indah|Modernland|Banjar Wijaya|"
    "Metro Permata|Graha Raya|Kunciran Mas|Pinang Griya|Karawaci Baru|Harapan Kita|Taman Asri|Buana Gardenia"
).split("|")
_TREES = tuple(word.replace("_", " ") for word in _STREETS)


@dataclass(frozen=True)
class City:
    """The areas: rows of ``registry_area`` (id, code, level, name, parent, postcode), and the RTs among them."""

    rows: tuple[tuple[int, str, int, str, int | None, str], ...]
    rt_ids: Ints
    rt_district: Ints
    """``PPKKCC`` of each RT's kecamatan: how a NIK first registered there begins."""
    rt_weights: Ints
    rt_streets: Texts
    """Three street names for each RT."""


@cache
def lay_out(areas: Path, seed: int) -> City:
    """The kecamatan and kelurahan of ``areas.csv``, with RW and RT (numbers as on cards) laid out by chance."""
    draw = Draw(seed, _AREAS_BLOCK)
    rows: list[tuple[int, str, int, str, int | None, str]] = []
    ids: dict[str, int] = {}
    rts: list[tuple[int, int, int]] = []

    def add(code: str, level: int, name: str, postcode: str = "") -> int:
        ids[code] = len(rows) + 1
        parent = ids.get(code.rpartition(".")[0]) if level > 1 else None
        rows.append((ids[code], code, level, name, parent, postcode))
        return ids[code]

    with areas.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            kecamatan = line["code"][:8]
            if kecamatan not in ids:
                add(kecamatan, 1, line["kecamatan"])
            add(line["code"], 2, line["kelurahan"], line["postcode"])
            weight = int(draw.between(1, 60, 140)[0])
            for rw in range(1, int(draw.between(1, 5, 16)[0]) + 1):
                rw_code = f"{line['code']}.{rw:03d}"
                add(rw_code, 3, f"RW {rw:03d}")
                for rt in range(1, int(draw.between(1, 3, 8)[0]) + 1):
                    area = add(f"{rw_code}.{rt:03d}", 4, f"RT {rt:03d}")
                    rts.append((area, int(kecamatan.replace(".", "")), weight))
    table = np.array(rts, dtype=np.int64)
    return City(tuple(rows), table[:, 0], table[:, 1], np.cumsum(table[:, 2]), _streets(draw, len(rts)))


def _streets(draw: Draw, n: int) -> Texts:
    kinds = draw.below(n * 3, 100).tolist()
    picks = draw.below(n * 3, 1 << 30).tolist()
    return np.array([_street(k, p) for k, p in zip(kinds, picks, strict=True)], dtype=object).reshape(n, 3)


def _street(kind: int, pick: int) -> str:
    if kind < 45:  # noqa: PLR2004 - percent
        return f"Jl. {_TREES[pick % len(_TREES)]}{('', ' I', ' II', ' III', ' Raya', ' IV', ' V')[pick // 997 % 7]}"
    if kind < 75:  # noqa: PLR2004
        return f"Gg. {_ALLEYS[pick % len(_ALLEYS)]}"
    if kind < 92:  # noqa: PLR2004
        return f"{('Perum', 'Komplek')[pick // 997 % 2]} {_ESTATES[pick % len(_ESTATES)]} Blok {'ABCDEFGH'[pick // 31 % 8]}"
    return f"Kp. {_ALLEYS[pick // 7 % len(_ALLEYS)]}"


def addresses(draw: Draw, city: City, rt: Ints) -> Texts:
    """An address line for each of the RTs (positions in ``rt_ids``): street and number."""
    n = len(rt)
    street = city.rt_streets[rt, draw.below(n, 3)]
    number = draw.between(n, 1, 120)
    estate = np.array([" Blok " in text for text in street.tolist()])
    block = np.where(estate, draw.between(n, 1, 24), 0)
    plain = np.array([f" No. {i}" for i in range(121)], dtype=object)
    parcel = np.array(["", *(str(i) + "/" for i in range(1, 25))], dtype=object)
    bare = np.array([str(i) for i in range(121)], dtype=object)
    result: Texts = street + np.where(estate, parcel[block] + bare[number], plain[number])
    return result


@dataclass(frozen=True)
class Birthplaces:
    texts: Texts
    regency: Ints
    """The four digits that begin a NIK there."""
    first: Ints
    """Where in ``texts`` the places of each origin begin."""
    count: Ints


@cache
def birthplaces() -> Birthplaces:
    texts, regency, first, count = ["Tangerang", "Jakarta"], [3671, 3173], [], []
    for origin in range(len(names.ORIGINS)):
        listed = [entry.rpartition(" ") for entry in _ELSEWHERE[origin].split(",")]
        first.append(len(texts))
        count.append(len(listed))
        texts += [place for place, _, _ in listed]
        regency += [int(code) for _, _, code in listed]
    return Birthplaces(np.array(texts, dtype=object), np.array(regency), np.array(first), np.array(count))


def draw_birthplaces(draw: Draw, *, origin: Ints, age: Ints) -> Ints:
    """A position in ``birthplaces()`` for each person: the young were mostly born here."""
    n, book = len(origin), birthplaces()
    here = np.select([age < 18, age < 40], [8200, (_ROOTED[origin] + 7000) // 2], _ROOTED[origin])  # noqa: PLR2004
    elsewhere = book.first[origin] + draw.below(n, book.count[origin])
    capital = draw.chance(n, 1500) & (age < 40)  # noqa: PLR2004
    return np.where(draw.chance(n, here), 0, np.where(capital, 1, elsewhere))
