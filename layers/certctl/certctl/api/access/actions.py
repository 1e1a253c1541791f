"""The actions that make the first administrator's key and the break-glass key."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from certctl.api.actions import Action, Fields
from certctl.domain.audit.events import STACK_ADMIN
from certctl.domain.errors import InvalidInput
from certctl.domain.times import to_wire_or_none

if TYPE_CHECKING:
    from certctl.services.access.api_keys import ApiKeys
    from certctl.services.access.break_glass import BreakGlass


def first_admin_key(keys: "Callable[[], ApiKeys]", is_local: Callable[[], bool]) -> Action:
    """Returned in this one response. Only the local stack lets the caller choose it."""

    def run(fields: Fields) -> dict[str, Any]:
        chosen = fields.text_or_none("key") or None
        if chosen is not None and not is_local():
            raise InvalidInput.of("key", "can be chosen on a local stack only")
        minted = keys().mint_first_admin(STACK_ADMIN, chosen)
        return {"api_key": minted.text, "key_id": minted.key.id}

    return run


def break_glass_key(break_glass: "Callable[[], BreakGlass]") -> Action:
    """Returned in this one response. It ends the one before."""

    def run(_: Fields) -> dict[str, Any]:
        minted = break_glass().mint(STACK_ADMIN)
        key = minted.key
        return {"api_key": minted.text, "key_id": key.id, "expires_at": to_wire_or_none(key.expires_at)}

    return run
