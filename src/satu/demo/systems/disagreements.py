"""How another office's record comes to differ from the register: spelling, old addresses, numbers never written down.

The shares are invented and stand beside each office's rows; facts.md 1.1 and 1.6 say that such records exist.
"""

from dataclasses import replace

from satu.demo.systems.draws import Draws
from satu.demo.systems.families import Home

_SPELLED_OTHERWISE = {
    "MUHAMMAD": ("MOHAMAD", "MUHAMAD", "MOH.", "M."),
    "MUHAMAD": ("MUHAMMAD", "MOH.", "M."),
    "AHMAD": ("AKHMAD", "ACHMAD"),
    "ABDUL": ("ABD.", "ABDOEL"),
    "SITI": ("ST.", "SITTI"),
    "NUR": ("NOOR", "NOER"),
    "FITRI": ("FITRIE", "PITRI"),
    "YUSUF": ("JUSUF", "YUSUP"),
}
_DOUBLED = "NMLSDT"
_WITH_A_MIDDLE_WORD = 3
_LONG_ENOUGH = 4


def written_by_another(name: str, draws: Draws, *, permille: int) -> str:
    """The name in capitals, as old systems hold it, and in ``permille`` of a thousand cases spelled otherwise."""
    words = name.upper().split()
    if not draws.happens(permille):
        return " ".join(words)
    known = [place for place, word in enumerate(words) if word in _SPELLED_OTHERWISE]
    if known and draws.happens(600):
        place = draws.one_of(known)
        words[place] = draws.one_of(_SPELLED_OTHERWISE[words[place]])
    elif len(words) >= _WITH_A_MIDDLE_WORD and draws.happens(300):
        del words[1]
    else:
        words[-1] = _slip(words[-1], draws)
    return " ".join(words)


def _slip(word: str, draws: Draws) -> str:
    """One consonant doubled (AMINAH, AMINNAH) or, where there is none to double, the last letter lost."""
    places = [i for i in range(1, len(word) - 1) if word[i] in _DOUBLED and word[i] != word[i + 1]]
    if places:
        place = draws.one_of(places)
        return word[: place + 1] + word[place:]
    return word[:-1] if len(word) >= _LONG_ENOUGH else word + word[-1]


def where_she_lived_before(home: Home, draws: Draws, *, permille: int) -> Home:
    """The address on file: in ``permille`` of a thousand cases that of an earlier home in the same kelurahan."""
    if not draws.happens(permille):
        return home
    street = draws.one_of(("Kp. Baru", "Jl. Masjid", "Gg. H. Saman", "Jl. Raya Lama", "Kp. Sawah", "Gg. Mangga"))
    return replace(
        home,
        line=f"{street} No. {draws.between(1, 90)}",
        rt=f"{draws.between(1, 9):03d}",
        rw=f"{draws.between(1, 12):03d}",
    )
