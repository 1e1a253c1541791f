"""Schemas as generators of clients read them best: no titles of fields, no null in a query or as a body."""

from typing import Any

type Schema = dict[str, Any]

_NULL = {"type": "null"}


def named(schema: Schema, name: str) -> Schema:
    """The schema of a component: its title is its name. Pydantic titles every `PageView[...]` the same, and
    generators keep one of several with the same title."""
    return untitled(schema) | {"title": name}


def untitled(schema: Schema) -> Schema:
    """Without the title of the schema and of those in it: "Next Cursor" says no more than `next_cursor`."""
    plain = {word: value for word, value in schema.items() if word != "title"}
    for word in ("items", "additionalProperties"):
        if isinstance(plain.get(word), dict):
            plain[word] = untitled(plain[word])
    for word in ("anyOf", "allOf", "oneOf", "prefixItems"):
        if word in plain:
            plain[word] = [untitled(choice) for choice in plain[word]]
    if "properties" in plain:
        plain["properties"] = {name: untitled(field) for name, field in plain["properties"].items()}
    return plain


def simplify(operation: dict[str, Any]) -> None:
    """Simplifies the operation's parameters and body, in place. Leaving one out is what null would mean."""
    for parameter in operation.get("parameters", []):
        schema = _without_null(untitled(parameter["schema"]))
        if schema.get("description") == parameter.get("description"):
            schema.pop("description", None)
        parameter["schema"] = schema
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["schema"] = _without_null(untitled(content["schema"]))


def _without_null(schema: Schema) -> Schema:
    choices = [choice for choice in schema.get("anyOf", ()) if choice != _NULL]
    if len(choices) != 1:
        return schema
    rest = {word: value for word, value in schema.items() if word != "anyOf"}
    if rest.get("default", ...) is None:
        del rest["default"]
    return {**choices[0], **rest}
