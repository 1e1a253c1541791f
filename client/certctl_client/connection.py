"""The HTTP connections to one server."""

from types import TracebackType
from typing import Self

import httpx


class Connection:
    """A context manager: leaving it closes the connections."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()
