"""The action after the tables were restored to an earlier time."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from certctl.api.actions import Action, Fields
from certctl.domain.errors import Conflict, InvalidInput

if TYPE_CHECKING:
    # not at import: they load cryptography, which most actions do not need
    from certctl.services.access.key_restoring import ApiKeyRecovery
    from certctl.services.authorities.recovery import CrlRecovery
    from certctl.services.authorities.upkeep.ca_serials import CaSerials
    from certctl.services.authorities.upkeep.lost_serials import LostSerials
    from certctl.services.identity.account_recovery import AccountRecovery


def restore(
    crls: "Callable[[], CrlRecovery]",
    keys: "Callable[[], ApiKeyRecovery]",
    accounts: "Callable[[], AccountRecovery]",
    serials: "Callable[[], CaSerials]",
    lost_serials: "Callable[[], LostSerials]",
) -> Action:
    """`keys`: `revoke_known` for API keys that the trail records as revoked or that work no more,
    `revoke_all` if the trail was restored to an earlier time as well. In either case the subjects of users,
    service accounts and agents follow from their records, and those that the trail records as ended have no
    access. Raises Conflict after all that could be restored was; repeat it while `complete` is false."""

    def run(fields: Fields) -> dict[str, Any]:
        chosen = fields.text_or_none("keys")
        if chosen not in (None, "revoke_known", "revoke_all"):
            raise InvalidInput.of("keys", "must be revoke_known or revoke_all")
        lost_serials().expect()
        of_accounts = accounts().bring_in_line()
        of_keys = keys().revoke_all() if chosen == "revoke_all" else keys().revoke_known()
        serials_stored = serials().store_missing()
        restored = vars(crls().restore())
        failed = restored.pop("failed")
        restored |= {
            "api_keys_revoked": len(of_keys.revoked),
            "api_keys_ended": list(of_keys.revoked),
            "serials_of_cas": serials_stored,
            "accounts_disabled": of_accounts.disabled,
            "accounts_changed": of_accounts.changed,
            "agents_retired": of_accounts.retired,
            "complete": restored["complete"] and of_keys.complete and of_accounts.complete,
        }
        if failed:
            raise Conflict(f"Not restored: {'; '.join(failed)}. Done so far: {json.dumps(restored)}")
        if not restored["complete"]:
            return restored
        of_serials = lost_serials().store_missing()
        return restored | {"serials_of_revocations": of_serials.stored, "complete": of_serials.complete}

    return run
