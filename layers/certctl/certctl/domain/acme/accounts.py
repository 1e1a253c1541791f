"""ACME accounts (RFC 8555 section 7.1.2): credentials of the service account of their EAB key."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from certctl.domain.acme.statuses import AccountStatus
from certctl.domain.audit.events import UNRECORDED

PREFIX = "acct"
MOST_CONTACTS = 10


def is_account_id(text: str) -> bool:
    return text.startswith(f"{PREFIX}-")


def account_or_none(requested_by: str) -> str | None:
    """The ACME account, if it is one that asked."""
    return requested_by if is_account_id(requested_by) else None


@dataclass(frozen=True)
class AcmeAccount:
    """`jwk` has the members of the public key that RFC 7638 requires, `thumbprint` is their SHA-256 in
    base64url. `contacts` are URLs as the client sent them, which no event has. `last_seen_at`: its last
    order."""

    id: str
    eab_key_id: str
    service_account_id: str
    team_id: str
    thumbprint: str
    jwk: Mapping[str, str] = field(metadata=UNRECORDED)
    created_at: datetime
    updated_at: datetime
    contacts: tuple[str, ...] = field(default=(), metadata=UNRECORDED)
    terms_agreed_at: datetime | None = None
    status: AccountStatus = AccountStatus.VALID
    ended_at: datetime | None = None
    last_seen_at: datetime | None = None
    revision: int = 1

    @property
    def is_valid(self) -> bool:
        return self.status is AccountStatus.VALID

    def changed(self, now: datetime, **values: Any) -> "AcmeAccount":
        return replace(self, **values, updated_at=now, revision=self.revision + 1)

    def ended(self, status: AccountStatus, now: datetime) -> "AcmeAccount":
        return self.changed(now, status=status, ended_at=now)


@dataclass(frozen=True)
class WantedAccount:
    """A request by the holder of the key `jwk` to `url`. `binding` is the value of externalAccountBinding,
    unchecked, None without one. `has_agreed`: to the terms of service."""

    jwk: Mapping[str, str]
    url: str
    contacts: tuple[str, ...] = ()
    has_agreed: bool = False
    must_exist: bool = False
    binding: object = None


class KeyTaken(Exception):
    """Another ACME account has the key."""

    def __init__(self, account_id: str) -> None:
        super().__init__(f"{account_id} has this key")
        self.account_id = account_id
