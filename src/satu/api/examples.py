"""An example of what a schema describes, put together from the examples of its parts."""

from typing import Any

_OF_FORMAT = {
    "uuid": "6f1c2a34-5b7d-4e8f-9a01-23456789abcd",
    "date-time": "2026-11-24T08:14:00Z",
    "date": "2026-11-27",
    "binary": "",
}
_OF_TYPE: dict[str, Any] = {"string": "", "integer": 1, "number": 1.0, "boolean": True, "null": None, "object": {}}


def example_of(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """What ``schema`` may look like; ``schemas`` are those that it can refer to."""
    for said, taken in _SAID.items():
        if said in schema:
            return taken(schema[said])
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    several = schema.get("allOf") or schema.get("anyOf")
    return example_of(several[0], schemas) if several else _by_type(schema, schemas)


_SAID: dict[str, Any] = {
    "examples": lambda examples: examples[0],
    "default": lambda default: default,
    "const": lambda const: const,
    "enum": lambda values: values[0],
}


def _by_type(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    if "properties" in schema:
        return {name: example_of(part, schemas) for name, part in schema["properties"].items()}
    if schema.get("type") == "array":
        return [example_of(schema["items"], schemas)]
    return _OF_FORMAT.get(schema.get("format", ""), _OF_TYPE.get(schema.get("type", "")))
