"""Names of the formats. Light: options of every command refer to it."""

from enum import StrEnum


class Format(StrEnum):
    TABLE = "table"
    WIDE = "wide"
    NAME = "name"
    JSON = "json"
    YAML = "yaml"
    CSV = "csv"


def without_ids(text: str) -> Format:
    """A format of a result that has no id. Raises ValueError."""
    formats = {each.value: each for each in Format if each is not Format.NAME}
    if text.casefold() == Format.NAME:
        raise ValueError(
            f"'name' is for records with ids, and this result has none: use {', '.join(formats)}."
        )
    if text.casefold() not in formats:
        raise ValueError(f"{text!r} is not one of {', '.join(formats)}.")
    return formats[text.casefold()]
