"""What an operation of the API is."""

from dataclasses import dataclass
from typing import Any, Literal

type Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True)
class Operation[Answer]:
    """A row of the table in `operations`, which a test holds against docs/openapi.json.

    `path` is the document's. `answer` is a TypedDict, of one record where the answer is a list of them; `str`
    for text, NoneType for none; of this `status`, where the document has several. `query` and `body` are
    TypedDicts of what may be sent. `is_list` ones take `per_page` and `cursor` too. `is_idempotent` POSTs may
    be sent twice, `takes_key` ones with an Idempotency-Key.
    """

    method: Method
    path: str
    answer: type[Answer]
    query: type[Any] | None = None
    body: type[Any] | None = None
    is_list: bool = False
    is_idempotent: bool = False
    takes_key: bool = False
    status: int | None = None

    @property
    def is_repeatable(self) -> bool:
        return self.method != "POST" or self.is_idempotent

    @property
    def required_fields(self) -> frozenset[str]:
        """Of the answer, or of each record."""
        return getattr(self.answer, "__required_keys__", frozenset())
