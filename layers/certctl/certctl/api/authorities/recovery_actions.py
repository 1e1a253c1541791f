"""Actions after the tables were restored to an earlier time."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from certctl.api.actions import Action, Fields
from certctl.crypto.serials import parse_serial
from certctl.domain.certificates.defaults import DEFAULT_ISSUER
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.revocation.reasons import require_reason
from certctl.domain.revocation.requests import RevocationRequest, require_ticket
from certctl.domain.times import to_wire

if TYPE_CHECKING:
    # not at import: they load cryptography, which most actions do not need
    from certctl.services.access.key_restoring import ApiKeyRecovery
    from certctl.services.authorities.recovery import CrlRecovery
    from certctl.services.authorities.upkeep.ca_serials import CaSerials
    from certctl.services.authorities.upkeep.lost_serials import LostSerials
    from certctl.services.identity.account_recovery import AccountRecovery
    from certctl.services.inventory.restore_windows import RestoreWindows
    from certctl.services.revocation.without_record import RevocationWithoutRecord


def restore(
    crls: "Callable[[], CrlRecovery]",
    keys: "Callable[[], ApiKeyRecovery]",
    accounts: "Callable[[], AccountRecovery]",
    serials: "Callable[[], CaSerials]",
    lost_serials: "Callable[[], LostSerials]",
    windows: "Callable[[], RestoreWindows]",
) -> Action:
    """`keys`: `revoke_known` for API keys that the trail records as revoked or that work no more,
    `revoke_all` if the trail was restored to an earlier time as well. In either case the subjects of users,
    service accounts and agents follow from their records, and those that the trail records as ended have no
    access. `backup_at`, the time of the restored tables, is recorded with that of the run, which ends what
    the tables have lost. Raises Conflict after all that could be restored was; repeat it while `complete` is
    false."""

    def run(fields: Fields) -> dict[str, Any]:
        chosen = fields.text_or_none("keys")
        if chosen not in (None, "revoke_known", "revoke_all"):
            raise InvalidInput.of("keys", "must be revoke_known or revoke_all")
        backup_at = fields.text_or_none("backup_at")
        if backup_at is not None:
            windows().record(backup_at)
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


def revoke_serial(revocation: "Callable[[], RevocationWithoutRecord]") -> Action:
    """Revokes a certificate that a restore has lost, once the inventory has found it. Repeat it with the same
    reason until it succeeds; after that it changes nothing."""

    def run(fields: Fields) -> dict[str, Any]:
        serial = parse_serial(fields.text("serial_number"))
        reason, ticket = require_reason(fields.text("reason")), require_ticket(fields.text_or_none("ticket"))
        issuer_id = fields.text_or_none("issuer_id") or DEFAULT_ISSUER
        revoked = revocation().revoke(issuer_id, serial, RevocationRequest(reason, ticket=ticket))
        return {
            "ca_id": revoked.ca_id,
            "crl_shard": revoked.crl_shard,
            "serial_number": revoked.serial_number,
            "reason": revoked.reason,
            "revoked_at": to_wire(revoked.revoked_at),
        }

    return run
