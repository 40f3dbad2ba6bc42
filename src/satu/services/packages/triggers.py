"""The life events after which a package offers itself."""

from satu.kernel.city import Label
from satu.kernel.citydata import CityFile
from satu.services.types import Trigger


def read_trigger(file: CityFile, index: int) -> Trigger:
    """Raises ``CityDataError``."""
    entry = file.data["triggers"][index]
    acts_for = file.data.get("for", ["self"])
    wanted = "child" if entry["to"] == "parent" else "self"
    if wanted not in acts_for:
        raise file.error(
            "triggers",
            index,
            "to",
            what=f"the service is not for {wanted}, so {entry['to']} could not take the offer up",
            mend=f"Write under for:  - {wanted}",
        )
    asked = {question["key"] for question in file.data["questions"]}
    for key in entry.get("answers", {}):
        if key not in asked:
            raise file.error(
                "triggers", index, "answers", key, what=f"the service does not ask {key!r}", mend="Delete the answer."
            )
    return Trigger(
        event=entry["event"],
        to=entry["to"],
        days=entry["days"],
        because=Label(**entry["because"]),
        answers=entry.get("answers", {}),
    )
