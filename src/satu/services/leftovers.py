"""What ``satu service new`` wrote for the time being, and nobody has put her own words in place of."""

from collections.abc import Iterator
from pathlib import Path

#: The starter's texts, by its file, that are right for no service.
PLACEHOLDERS = {
    "service.yaml": (
        "Nama layanan baru",
        "Name of the new service",
        "kata sehari-hari",
        "everyday words",
        "Satu kalimat tentang hasilnya.",
        "One sentence on what one gets.",
        "{id: Surat Keterangan, en: Certificate}",
    ),
    "eligibility.yaml": ("Syarat layanan ini", "Who may have this service", "Write the rule and article here"),
}


def leftovers(folder: Path) -> Iterator[str]:
    """One line each, as ``satu service check`` lists them."""
    for name, texts in PLACEHOLDERS.items():
        file = folder / name
        if not file.is_file():
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            found = [text for text in texts if text in line]
            if found:
                yield f"{name}:{number}: {', '.join(found)}"
