"""Names of the formats. Light: options of every command refer to it."""

from enum import StrEnum


class Format(StrEnum):
    TABLE = "table"
    WIDE = "wide"
    NAME = "name"
    JSON = "json"
    YAML = "yaml"
    CSV = "csv"
