"""Reading the city's YAML. Every error names the file, the line and the way to mend it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

Pointer = tuple[str | int, ...]
#: libyaml's, eight times as fast; a PyYAML that was built without it has its own only.
_QUICK: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CityDataError(Exception):
    """Something in the city's folder cannot be used. ``str`` is ``file:line: what. How to mend it.``

    ``others`` are further mistakes that were found in the same file; ``str`` names them, too.
    """

    def __init__(
        self, path: Path, line: int, what: str, mend: str = "", others: Sequence["CityDataError"] = ()
    ) -> None:
        self.path, self.line, self.what, self.mend, self.others = path, line, what, mend, tuple(others)
        here = f"{path}:{line}: {what}" + (f"\n    {mend}" if mend else "")
        super().__init__("\n".join([here, *map(str, self.others)]))


@dataclass(frozen=True)
class CityFile:
    """A YAML file's content, and the line (from 1) on which each of its parts stands."""

    path: Path
    data: Any
    lines: Mapping[Pointer, int]

    def line(self, *pointer: str | int) -> int:
        """The line of a part, or of its nearest parent that stands in the file."""
        while pointer and pointer not in self.lines:
            pointer = pointer[:-1]
        return self.lines.get(pointer, 1)

    def error(self, *pointer: str | int, what: str, mend: str = "") -> CityDataError:
        return CityDataError(self.path, self.line(*pointer), what, mend)


def read_city_file(path: Path, schema: Path | None = None) -> CityFile:
    """Read one YAML file and check it against a JSON Schema. Raises ``CityDataError``."""
    try:
        text = path.read_text(encoding="utf-8")
        data, lines = _parsed(text, path)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise CityDataError(
            path, mark.line + 1 if mark else 1, f"not YAML: {error.problem}", "Check indentation and quotes here."
        ) from error
    except OSError as error:
        raise CityDataError(path, 1, f"cannot be read: {error.strerror}") from error
    file = CityFile(path, data, lines)
    if schema is not None:
        _check(file, schema)
    return file


def _parsed(text: str, path: Path) -> tuple[Any, dict[Pointer, int]]:
    """The content and its lines, from one reading. What libyaml refuses, the slower parser explains better."""
    try:
        return _parsed_by(_QUICK, text, path)
    except yaml.MarkedYAMLError:
        return _parsed_by(yaml.SafeLoader, text, path)


def _parsed_by(kind: Any, text: str, path: Path) -> tuple[Any, dict[Pointer, int]]:
    loader = kind(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise CityDataError(path, 1, "the file is empty")
        lines = dict(_lines(root, (), path))
        return loader.construct_document(root), lines
    finally:
        loader.dispose()


def _lines(node: yaml.Node, pointer: Pointer, path: Path) -> Iterator[tuple[Pointer, int]]:
    yield pointer, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                raise CityDataError(path, line, f"{key.value!r} stands twice", "Keep one of the two.")
            seen.add(key.value)
            for inner, inner_line in _lines(value, (*pointer, key.value), path):
                yield inner, line if inner == (*pointer, key.value) else inner_line
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*pointer, index), path)


@lru_cache(maxsize=32)
def _validator(schema: Path) -> Any:
    return jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


@lru_cache(maxsize=512)
def _is_sound(text: str, schema: Path) -> bool:
    """Kept, because all of a city's files are read again when one has changed."""
    return bool(_validator(schema).is_valid(json.loads(text)))


def _check(file: CityFile, schema: Path) -> None:
    # YAML reads 2026-01-31 as a date; JSON Schema knows text only.
    text = json.dumps(file.data, default=str)
    if _is_sound(text, schema):
        return
    found = [_complaint(file, error) for error in _validator(schema).iter_errors(json.loads(text))]
    first, *others = sorted(found, key=lambda one: one.line)
    raise CityDataError(first.path, first.line, first.what, first.mend, others)


def _complaint(file: CityFile, found: Any) -> CityDataError:
    """The mistake itself, where it is one of several shapes that do not fit."""
    error = jsonschema.exceptions.best_match([found])
    where = ".".join(str(part) for part in error.absolute_path) or "the file"
    return file.error(*error.absolute_path, what=f"{where}: {error.message}", mend=_mend(error))


def _mend(error: Any) -> str:
    described = error.schema.get("description", "") if isinstance(error.schema, Mapping) else ""
    if error.validator == "enum":
        return "Write one of: " + ", ".join(map(str, error.validator_value))
    if error.validator == "additionalProperties":
        return "Known here: " + ", ".join(sorted(error.schema.get("properties", {})))
    if (
        error.validator == "type"
        and error.validator_value == "string"
        and isinstance(error.instance, bool | int | float)
    ):
        # 0712 and yes would be read as 458 and True: what stands in the file is not what was meant.
        written = "yes, no, on and off" if isinstance(error.instance, bool) else "a number"
        quoted = f'Put it in quotes ("..."): YAML reads {written} otherwise than as text.'
        return f"{quoted} {described}".strip()
    return str(described)
