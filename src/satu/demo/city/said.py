"""What the demonstration's people write: words only. A service without words of its own is answered all the same."""

import re
from collections.abc import Mapping
from random import Random

from satu.kernel.city import Label

#: What a service's letter is for.
PURPOSES: Mapping[str, tuple[str, ...]] = {
    "domisili": ("membuka rekening bank", "mendaftar sekolah anak", "melamar kerja", "mengurus sambungan listrik"),
    "sktm": ("keringanan biaya sekolah", "mendaftar beasiswa kuliah", "keringanan biaya rumah sakit"),
    "belum-menikah": ("mendaftar kerja", "mengurus pernikahan", "mendaftar pendidikan kedinasan"),
}
#: Names that a girl has as well as a boy.
CHILDREN = (
    "Dwi Cahya Kurnia", "Nur Wahyu Rizki", "Eka Dian Cahya", "Rizki Nur Kurnia", "Tri Wahyu Cahya",
    "Dian Rizki Ananda", "Cahya Dwi Pratista", "Kurnia Eka Ananda", "Nur Dian Rizki", "Wahyu Tri Ananda",
)  # fmt: skip
#: Why an officer refuses, and what she wants put right.
REFUSED: Mapping[str, str] = {
    "sktm": "Menurut kunjungan ke rumah, penghasilan keluarga di atas batas.",
    "pindah": "Alamat tujuan ditempati keluarga lain, yang menyatakan tidak ada anggota baru.",
    "akta-kelahiran": "Keterangan kelahiran ini berbeda dengan catatan penolong persalinan.",
    "reklame": "Papan di tempat ini menutupi rambu lalu lintas.",
    "sip": "Fasilitas menyatakan Anda sudah tidak bekerja di sana.",
}
TO_CORRECT: Mapping[str, str] = {
    "sktm": "Tulislah untuk sekolah atau rumah sakit yang mana surat ini.",
    "pindah": "Nomor rumah di alamat tujuan belum jelas. Periksa kembali alamatnya.",
    "akta-kelahiran": "Periksa kembali ejaan nama anak.",
    "reklame": "Letak reklame belum jelas. Tulislah patokan yang mudah dicari.",
    "sip": "Periksa kembali fasilitas yang Anda pilih.",
}
REFUSED_ANYWAY = "Keterangan di permohonan ini berbeda dengan hasil pemeriksaan kami."
TO_CORRECT_ANYWAY = "Tulislah keterangannya lebih lengkap."
OBJECTION = "Pemeriksaan itu tidak melihat keadaan kami yang sekarang. Mohon diperiksa kembali."
QUESTIONS = (
    "Apakah masih ada yang perlu saya lengkapi?",
    "Kapan kira-kira permohonan saya diputuskan?",
    "Kalau alamat saya kurang jelas, boleh saya tulis patokannya di sini?",
)
REPLY = "Data Anda sudah lengkap. Kami memeriksanya sesuai urutan, paling lambat pada hari yang tertulis di sini."
#: What people say of their own data, and what its agency's officer answers.
REPORTED: tuple[tuple[str, str], ...] = (
    ("person.welfare_decile", "Suami saya berhenti bekerja sejak Maret, jadi keadaan kami berubah."),
    ("person.occupation", "Saya sudah tidak bekerja di pabrik; sekarang berdagang."),
    ("person.social_assistance", "Bantuan itu sudah tidak kami terima sejak awal tahun."),
    ("person.education", "Saya sudah lulus SMA tahun lalu."),
)
CHECKED = "Kami sudah memeriksanya bersama Anda, dan datanya diperbaiki."

_EXAMPLE = re.compile(r'"([^"]{3,80})"|[Mm]isalnya ([^."]{3,80})\.')


def purpose(service: str, hint: Label | None, chance: Random) -> str:
    """An answer to a question that is asked in words: ours, or an example that the question itself gives."""
    examples: list[str] = [one or two for one, two in _EXAMPLE.findall(hint.id if hint else "")]
    return chance.choice(PURPOSES.get(service, tuple(examples) or ("keperluan keluarga",)))


def more_exactly(answer: str) -> str:
    """A purpose again, as an officer wants it."""
    return f"{answer} ({'RSUD Kota Tangerang' if 'sakit' in answer else 'SDN Sukasari 2'})"
