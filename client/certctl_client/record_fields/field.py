"""One field of a record of the API."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RecordField:
    """A field by its name in the API. `label` is its name in tables and sentences."""

    name: str
    label: str
    type: str = "text"
    """text, id, texts, ids, pairs, time, choice, number or switch."""
    flag: str = ""
    """The option that sets it, or filters by it."""
    help: str = ""
    """What its option says, if the label is not enough."""
    filter_help: str = ""
    default: str = ""
    """In words, what a new record gets if it is left out."""
    refers_to: str = ""
    """The kind of the catalog that it has the id of, as in the path."""
    max_length: int | None = None
    required: bool = False
    """Whether a new record needs it."""
    create: bool = False
    edit: bool = False
    filter: bool = False
    """Whether lists filter for equality by it."""
    bulk: bool = False
    """Whether bulk operations filter by it."""
    column: int = 0
    """The place among the columns of lists, from 1; 0 without one."""
    mcp: str = ""
    """Whether a model sees it in a "list", or only in the "record" itself."""
