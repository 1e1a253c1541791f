"""How the fields of a kind of records are stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from certctl.store.catalog.rows import Decode


@dataclass(frozen=True)
class Content:
    """A record's class, and the decoders of those of its fields that JSON has not as they are."""

    content_class: type
    decoders: Mapping[str, Decode] = field(default_factory=dict)
