"""Types of the tools' parameters."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from certctl_client.mcp.marking import unmarked

PAGE, LARGEST_PAGE = 20, 100

_AsShown = BeforeValidator(lambda given: unmarked(given) if isinstance(given, str) else given)
Id = Annotated[str, _AsShown, Field(min_length=1, max_length=128)]
OptionalId = Annotated[str | None, _AsShown, Field(max_length=128)]
Spki = Annotated[
    str, _AsShown, Field(pattern="^[0-9a-fA-F]{64}$", description="SHA-256 of the SubjectPublicKeyInfo.")
]
Limit = Annotated[int, Field(ge=1, le=LARGEST_PAGE)]
Cursor = Annotated[
    str | None, Field(max_length=4096, description="next_cursor of the previous page, with the same filters.")
]
Channel = Annotated[str | None, Field(max_length=128, description="A kind (Slack) or a channel's id.")]
Time = Annotated[
    str | None,
    Field(max_length=40, description="2026-11-24T13:00:00Z, a day, or a span before now: 30m, 24h, 7d."),
]
