"""The files that a package asks for."""

from satu.kernel.city import Label
from satu.kernel.citydata import CityFile
from satu.services.conversation.files import MEGABYTE
from satu.services.packages.conditions import looks_at_in
from satu.services.types import Need, UploadSpec

_USUAL_MEGABYTES = 5


def read_uploads(file: CityFile, needs: tuple[Need, ...]) -> tuple[UploadSpec, ...]:
    """What stands under ``uploads``; a condition may look at what is needed and at every answer.

    That no system proves it is checked elsewhere. Raises ``CityDataError``.
    """
    taken = {str(question["key"]) for question in file.data["questions"]}
    uploads: list[UploadSpec] = []
    for index, entry in enumerate(file.data.get("uploads", [])):
        if entry["key"] in taken:
            raise file.error(
                "uploads", index, "key", what=f"{entry['key']!r} stands twice", mend="Give it another key."
            )
        taken.add(entry["key"])
        uploads.append(
            UploadSpec(
                key=entry["key"],
                label=Label(**entry["label"]),
                hint=Label(**entry["hint"]) if "hint" in entry else None,
                kinds=tuple(entry.get("types", ("pdf", "jpeg", "png"))),
                max_bytes=entry.get("max_mb", _USUAL_MEGABYTES) * MEGABYTE,
                required=entry.get("required", True),
                when=entry.get("when", ""),
                looks_at=looks_at_in(file, ("uploads", index), entry, needs, file.data["questions"]),
            )
        )
    return tuple(uploads)
