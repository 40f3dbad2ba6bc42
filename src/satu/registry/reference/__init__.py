"""The national code lists (facts 1.3) as dated data, and their loading."""

import csv
from pathlib import Path
from typing import Any

CODES = Path(__file__).parent / "codes.csv"


def load_codes(code_model: Any) -> None:
    """Make the table of code lists say what ``codes.csv`` says. ``code_model`` is ``Code``, or a migration's."""
    with CODES.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            code_model.objects.update_or_create(
                kind=line["kind"],
                code=int(line["code"]),
                valid_from=line["valid_from"],
                defaults={
                    "valid_until": line["valid_until"] or None,
                    "label_id": line["id"],
                    "label_en": line["en"],
                },
            )
