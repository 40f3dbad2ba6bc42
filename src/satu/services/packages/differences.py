"""What differs between two versions of a package, as a clerk reads it: by file, by part, row by row."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from satu.services.packages.files import COMPILED

#: What names an entry of a list, so that a row that moved is not a row that changed.
_NAMES = ("key", "fact", "row", "id", "value", "in_force_from", "event")


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(file, what changed), in the order of the files; ``-`` is gone, ``+`` is new. Nothing where they say the same.

    The process that steps compile to is left out: the steps say it.
    """
    for name in sorted({*before, *after} - {COMPILED}):
        if name not in after:
            yield name, "- the file is gone"
        elif name not in before:
            yield name, "+ the file is new"
        elif name.endswith(".yaml"):
            yield from (
                (name, line) for line in _parts(yaml.safe_load(before[name]), yaml.safe_load(after[name]), ())
            )
        else:
            yield from ((name, line) for line in _lines(before[name], after[name]))


def _lines(before: str, after: str) -> Iterator[str]:
    """The lines that changed, with no line around them."""
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""):
        if not line.startswith(("---", "+++", "@@")):
            yield f"{line[0]} {line[1:].strip()}"


def _parts(before: Any, after: Any, where: tuple[str, ...]) -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _entries(before, after, where)
    elif _is_named(before) and _is_named(after):
        yield from _entries(_by_name(before), _by_name(after), where)
        if [_name(one) for one in before if _name(one) in _by_name(after)] != [
            _name(one) for one in after if _name(one) in _by_name(before)
        ]:
            yield f"{_said(where)}: the order is now {', '.join(_name(one) for one in after)}"
    else:
        yield f"{_said(where)}: {_shown(before)} → {_shown(after)}"


def _entries(before: Mapping[str, Any], after: Mapping[str, Any], where: tuple[str, ...]) -> Iterator[str]:
    for key in [*before, *(key for key in after if key not in before)]:
        here = (*where, str(key))
        if key not in after:
            yield f"- {_said(here)}: {_shown(before[key])}"
        elif key not in before:
            yield f"+ {_said(here)}: {_shown(after[key])}"
        else:
            yield from _parts(before[key], after[key], here)


def _is_named(entries: object) -> bool:
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        return False
    names = [_name(one) for one in entries]
    return bool(names) and all(names) and len(set(names)) == len(names)


def _by_name(entries: Sequence[Any]) -> Mapping[str, Any]:
    return {_name(one): one for one in entries}


def _name(entry: Any) -> str:
    """What an entry is called: by its key, or a word that stands for itself; a step by what it does."""
    if isinstance(entry, str | int):
        return str(entry)
    if isinstance(entry, Mapping):
        for name in _NAMES:
            if name in entry:
                return str(entry[name])
        if len(entry) == 1:
            ((kind, inner),) = entry.items()
            return f"{kind} {_name(inner)}"
    return ""


def _said(where: tuple[str, ...]) -> str:
    return " > ".join(where) or "all of it"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"“{value}”"
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10_000).strip()
    return text.removesuffix("...").strip()
