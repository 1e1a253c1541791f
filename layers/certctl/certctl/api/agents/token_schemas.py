"""Bootstrap tokens on the wire."""

from typing import TYPE_CHECKING, Annotated, TypedDict

from pydantic import BaseModel, Field

from certctl.api.records import STRICT, RecordId, view_of
from certctl.domain.agents.agents import BootstrapToken

if TYPE_CHECKING:
    from certctl.services.agents.registration import MintedToken


class BootstrapTokenBody(BaseModel):
    """`hostname_pattern`: `*` matches any characters of one label; at most two, and one in a label. `team_id`
    defaults to the caller's team."""

    model_config = STRICT

    hostname_pattern: Annotated[str, Field(min_length=1, max_length=253)]
    team_id: RecordId | None = None


class LiveTokenView(TypedDict):
    """An unused bootstrap token."""

    id: str
    hostname_pattern: str
    team_id: str
    expires_at: str


class BootstrapTokenView(LiveTokenView):
    """`token` registers one agent, within an hour; it is shown in this response only."""

    token: str


def bootstrap_token_view(minted: "MintedToken") -> BootstrapTokenView:
    return BootstrapTokenView(**live_token_view(minted.token), token=minted.text)


def live_token_view(token: BootstrapToken) -> LiveTokenView:
    return view_of(LiveTokenView, token)
