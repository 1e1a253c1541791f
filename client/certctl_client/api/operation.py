"""An operation of the API."""

from dataclasses import dataclass
from typing import Any, Literal

type Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True)
class Operation[Record]:
    """An operation of docs/openapi.json, from which `operations` is made.

    `path` is the document's. `response` is the TypedDict of the response, or of one record if that is a
    list; `str` for text, NoneType for no content. `query` and `body` are TypedDicts of the parameters. With
    `is_list` it takes `per_page` and `cursor` too. An `is_idempotent` POST may be sent twice; with
    `takes_key` any POST may, with an Idempotency-Key.
    """

    method: Method
    path: str
    response: type[Record]
    query: type[Any] | None = None
    body: type[Any] | None = None
    is_list: bool = False
    is_idempotent: bool = False
    takes_key: bool = False

    @property
    def is_repeatable(self) -> bool:
        return self.method != "POST" or self.is_idempotent

    @property
    def required_fields(self) -> frozenset[str]:
        """Required fields of the response, or of each record in a list."""
        return getattr(self.response, "__required_keys__", frozenset())
