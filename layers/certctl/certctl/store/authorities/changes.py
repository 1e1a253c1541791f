"""Changes of a CA's state: active, retiring, retired; and pending CSRs for external roots."""

import json
from dataclasses import asdict, replace

from pynamodb.expressions.condition import Condition

from certctl.domain.authorities.authorities import Authority, AuthorityRequest
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import ChangedMeanwhile, Conflict
from certctl.store.authorities.authorities import claim_of
from certctl.store.authorities.items import AuthorityItem
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import AUTHORITY, AUTHORITY_REQUEST, RETIRED_AUTHORITY
from certctl.store.mapping import to_item
from certctl.store.writes import Write, delete, put, update


class AuthorityChanges:
    def __init__(self, database: Database) -> None:
        self._database = database

    def activate_steps(self, pending: Authority, before: Authority | None) -> list[Write]:
        """New leaves come from `pending` from now on; `before` retires. Refused with Conflict if either
        changed concurrently."""
        refused = Conflict(f"{pending.ca_id} was activated concurrently, or another CA was.")
        active = replace(pending, state=AuthorityState.ACTIVE)
        claimed = StateItem.body == before.ca_id if before else StateItem.id.does_not_exist()
        return [
            _state_step(pending, AuthorityState.ACTIVE, refused),
            delete(claim_of(pending), StateItem.body == pending.ca_id, refused),
            put(claim_of(active), claimed, refused),
            *([_state_step(before, AuthorityState.RETIRING, refused)] if before else []),
        ]

    def activate_root_step(self, pending: Authority) -> Write:
        """CAs may be made below the root from now on. Refused with Conflict unless it is pending."""
        refused = Conflict(f"{pending.ca_id} was activated concurrently.")
        return _state_step(pending, AuthorityState.ACTIVE, refused)

    def retire_steps(self, retiring: Authority) -> list[Write]:
        """Moves it to the rows that no list reads. Refused with Conflict if it changed concurrently."""
        refused = Conflict(f"{retiring.ca_id} changed concurrently.")
        as_seen = (AuthorityItem.state == retiring.state) & _same_end(retiring) & _same_revocation(retiring)
        retired = replace(retiring, state=AuthorityState.RETIRED)
        return [
            delete(AuthorityItem(AUTHORITY, retiring.ca_id), as_seen, refused),
            put(to_item(AuthorityItem, retired, kind=RETIRED_AUTHORITY, id=retired.ca_id)),
        ]

    def revoke_steps(self, authority: Authority, revoked: Authority) -> list[Write]:
        """Stores its revocation, and its state; one that was active leaves its place to another. Refused with
        ChangedMeanwhile if its state changed concurrently."""
        kind = RETIRED_AUTHORITY if authority.state is AuthorityState.RETIRED else AUTHORITY
        refused = ChangedMeanwhile(f"{authority.ca_id} changed concurrently.")
        changed = [AuthorityItem.state.set(revoked.state)]
        if revoked.revoked_at and revoked.revocation_reason:
            changed.append(AuthorityItem.revoked_at.set(revoked.revoked_at))
            changed.append(AuthorityItem.revocation_reason.set(revoked.revocation_reason))
        if revoked.ocsp_revokes_all:
            changed.append(AuthorityItem.ocsp_revokes_all.set(True))
        key = AuthorityItem(kind, authority.ca_id)
        stored = update(key, changed, AuthorityItem.state == authority.state, refused)
        if authority.state is not AuthorityState.ACTIVE:
            return [stored]
        return [stored, delete(claim_of(authority), StateItem.body == authority.ca_id, refused)]

    def ocsp_url_step(self, authority: Authority, url: str) -> Write:
        """Stores the URL, once. Refused with Conflict if it has one, or has gone."""
        refused = Conflict(f"{authority.ca_id} got an OCSP URL concurrently.")
        key = AuthorityItem(AUTHORITY, authority.ca_id)
        has_none = AuthorityItem.id.exists() & AuthorityItem.ocsp_url.does_not_exist()
        return update(key, [AuthorityItem.ocsp_url.set(url)], has_none, refused)

    def request(self, issuer_id: str) -> AuthorityRequest | None:
        item = self._database.get(StateItem, AUTHORITY_REQUEST, issuer_id, consistent=True)
        return AuthorityRequest(**json.loads(item.body or "{}")) if item else None

    def request_step(self, request: AuthorityRequest) -> Write:
        """Replaces an earlier one that was not answered."""
        body = json.dumps(asdict(request))
        return put(StateItem(AUTHORITY_REQUEST, request.issuer_id, owner=request.key_arn, body=body))

    def answered_step(self, request: AuthorityRequest) -> Write:
        refused = Conflict("Another signing request of this issuer was made concurrently.")
        row = StateItem(AUTHORITY_REQUEST, request.issuer_id)
        return delete(row, StateItem.owner == request.key_arn, refused)


def _state_step(authority: Authority, state: AuthorityState, refused: Exception) -> Write:
    key = AuthorityItem(AUTHORITY, authority.ca_id)
    return update(key, [AuthorityItem.state.set(state)], AuthorityItem.state == authority.state, refused)


def _same_end(authority: Authority) -> Condition:
    if authority.leaves_until is None:
        return AuthorityItem.leaves_until.does_not_exist()
    return AuthorityItem.leaves_until == authority.leaves_until


def _same_revocation(authority: Authority) -> Condition:
    if authority.revoked_at is None:
        return AuthorityItem.revoked_at.does_not_exist()
    return AuthorityItem.revoked_at == authority.revoked_at
