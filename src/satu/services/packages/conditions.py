"""What a question may depend on, and choose from; every complaint names file, line and how to mend it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from satu.hub.catalogue import Catalogue
from satu.kernel.citydata import CityFile
from satu.kernel.expressions import RuleError, check_expression
from satu.services.types import MEMBERS_FACT, Need

_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")
_NAME = re.compile(r"(?<![\w.#$])[a-z]+\.[a-z][a-z0-9_]*")


def looks_at_in(
    file: CityFile,
    pointer: tuple[str | int, ...],
    entry: Mapping[str, Any],
    needs: tuple[Need, ...],
    before: Sequence[Mapping[str, Any]],
) -> tuple[str, ...]:
    """The facts and earlier answers that the ``when`` of a question or a file looks at. Raises ``CityDataError``."""
    if "when" not in entry:
        return ()
    expression = str(entry["when"])
    try:
        check_expression(expression)
    except RuleError as error:
        raise file.error(
            *pointer, "when", what=str(error), mend='For example:  when: answers.kind == "new" and person.age < 60'
        ) from error
    known = {need.fact for need in needs} | {f"answers.{one['key']}" for one in before}
    names = tuple(dict.fromkeys(_NAME.findall(_TEXT.sub("''", expression))))
    for name in names:
        if name not in known:
            mend = (
                "It may look at the answers to questions before it."
                if name.startswith("answers.")
                else f"Write it under needs:  - {name}"
            )
            raise file.error(
                *pointer, "when", what=f"the condition looks at {name}, which is not known here", mend=mend
            )
    if not names:
        raise file.error(*pointer, "when", what="the condition looks at no fact and no answer", mend="Delete it.")
    return names


def check_choosing(file: CityFile, needs: tuple[Need, ...], catalogue: Catalogue) -> None:
    """What one chooses from is a list that the service pulls."""
    needed = {need.fact for need in needs}
    for index, entry in enumerate(file.data["questions"]):
        if entry["type"] != "from-fact" and (stray := {"fact", "parts"} & entry.keys()):
            what = f"only a question of type from-fact has {' and '.join(sorted(stray))}"
            raise file.error("questions", index, min(stray), what=what, mend="Write type: from-fact, or delete it.")
        fact = {"members": MEMBERS_FACT, "from-fact": entry.get("fact")}.get(entry["type"])
        if fact is None:
            continue
        if fact not in needed:
            raise file.error(
                "questions",
                index,
                what=f"one chooses from {fact}, which the service does not need",
                mend=f"Write it under needs:  - {fact}",
            )
        parts = catalogue.fact(fact).parts
        if not parts:
            raise file.error("questions", index, "fact", what=f"{fact} is not a list of things with parts")
        for place, part in enumerate(entry.get("parts", ())):
            if part not in parts:
                raise file.error(
                    "questions",
                    index,
                    "parts",
                    place,
                    what=f"{fact} has no part {part!r}",
                    mend="It has: " + ", ".join(parts),
                )
