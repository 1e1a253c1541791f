"""New ACME accounts (RFC 8555 section 7.3): bound to an EAB key, or without a binding to the open one."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certctl.connectors.acme.binding_macs import BindingMacs
from certctl.crypto.acme.bindings import has_valid_mac, parse_binding
from certctl.crypto.acme.keys import PublicJwk, thumbprint
from certctl.domain.acme.accounts import PREFIX, AcmeAccount, WantedAccount
from certctl.domain.acme.callers import actor_of_account, require_source, require_valid
from certctl.domain.acme.contacts import checked_contacts
from certctl.domain.acme.eab_keys import EabKey
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.audit.events import changes
from certctl.domain.errors import ChangedMeanwhile, Conflict
from certctl.domain.ids import new_id, ulid_of
from certctl.store.access.subjects import SubjectStore
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.acme.eab_keys import EabKeyStore
from certctl.unit_of_work.acme.resources import account_resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.units import Units

CACHE_TIME = timedelta(seconds=15)
_KEY_ID = re.compile(r"eab-[0-9a-z]{26}")
_UNKNOWN = "There is no ACME account with this key."
_BINDING_NEEDED = (
    "This server makes ACME accounts with an external account binding only: ask the administrator for an "
    "EAB key, and give its id and HMAC key to the client."
)
_BINDING_REFUSED = "The externalAccountBinding names an unknown EAB key, or its MAC is wrong."
_KEY_ENDED = "The EAB key makes no more ACME accounts: it is revoked or has expired."
_KEY_FULL = (
    "The EAB key has as many ACME accounts as it may have: deactivate one, or ask the administrator for "
    "another EAB key or a higher max_accounts."
)
_TERMS = "The terms of service must be agreed to: termsOfServiceAgreed must be true."
_MAC_KEY_OF_NONE = secrets.token_bytes(32)
_NO_SUBJECT = "The service account of the EAB key is disabled or deleted."


@dataclass(frozen=True)
class FoundAccount:
    account: AcmeAccount
    is_new: bool


@dataclass(frozen=True)
class NewAccounts:
    """`terms_url` is empty without terms of service. Caches for 15 s which EAB key is the open one."""

    accounts: AcmeAccountStore
    eab_keys: EabKeyStore
    subjects: SubjectStore
    macs: BindingMacs
    units: Units
    terms_url: str
    now: Callable[[], datetime]
    _open: dict[str, tuple[str | None, datetime]] = field(default_factory=dict, init=False)

    def find_or_create(self, wanted: WantedAccount, source_ip: str) -> FoundAccount:
        """The ACME account of the key, made if there is none. An existing one is found whatever else the
        request says. At most 3 reads and a MAC before it is clear that the sender may have one. Raises
        AcmeProblem."""
        found = self._with_key(wanted.jwk)
        if found is not None:
            return FoundAccount(found, is_new=False)
        if wanted.must_exist:
            raise AcmeProblem(ProblemType.ACCOUNT_DOES_NOT_EXIST, _UNKNOWN)
        try:
            return FoundAccount(self._created(wanted, source_ip), is_new=True)
        except ChangedMeanwhile:
            raise
        except Conflict:
            return FoundAccount(self._made_concurrently(wanted), is_new=False)

    def _with_key(self, jwk: PublicJwk) -> AcmeAccount | None:
        """Raises AcmeProblem for an ACME account that has ended."""
        account_id = self.accounts.id_of_key(thumbprint(jwk))
        account = self.accounts.get(account_id) if account_id else None
        if account is not None:
            require_valid(account)
        return account

    def _made_concurrently(self, wanted: WantedAccount) -> AcmeAccount:
        account = self._with_key(wanted.jwk)
        if account is None:
            raise ChangedMeanwhile("The ACME account of this key was made and deleted concurrently.")
        return account

    @retry_on_conflict
    def _created(self, wanted: WantedAccount, source_ip: str) -> AcmeAccount:
        """One transaction: the ACME account and its place among those of the EAB key, or nothing. A client
        that gets no answer repeats the request and finds the ACME account. Raises Conflict if the key got one
        concurrently."""
        contacts = checked_contacts(wanted.contacts)
        if self.terms_url and not wanted.has_agreed:
            raise AcmeProblem(ProblemType.USER_ACTION_REQUIRED, _TERMS)
        key = self._key_for(wanted)
        require_source(key.source_cidrs, source_ip)
        return self._commit(_new_account(key, wanted, contacts, self.now()), key)

    def _commit(self, account: AcmeAccount, key: EabKey) -> AcmeAccount:
        unit = self.units.begin(actor_of_account(account), account.id, account.created_at)
        unit.write(*self.accounts.create_steps(account))
        unit.write(
            self.eab_keys.take_place_step(key, AcmeProblem(ProblemType.UNAUTHORIZED, _KEY_FULL)),
            self.eab_keys.unchanged_step(key, ChangedMeanwhile("The EAB key changed concurrently.")),
            # ADR 72: read nowhere before, so that a stranger's request costs no more reads
            self.subjects.enabled_step(
                ulid_of(key.service_account_id), AcmeProblem(ProblemType.UNAUTHORIZED, _NO_SUBJECT)
            ),
        )
        unit.event("acme_account_created", account_resource(account), changes(None, account))
        unit.commit()
        return account

    def _key_for(self, wanted: WantedAccount) -> EabKey:
        """The EAB key that vouches for the sender. Raises AcmeProblem."""
        key = self._open_key() if wanted.binding is None else self._bound_key(wanted)
        if not key.binds_at(self.now()):
            raise AcmeProblem(ProblemType.UNAUTHORIZED, _KEY_ENDED)
        return key

    def _bound_key(self, wanted: WantedAccount) -> EabKey:
        binding = parse_binding(wanted.binding, wanted.jwk, wanted.url)
        if not _KEY_ID.fullmatch(binding.key_id):
            raise AcmeProblem(ProblemType.UNAUTHORIZED, _BINDING_REFUSED)
        key = self.eab_keys.get(binding.key_id)
        # KMS is not called for an id that does not exist: ids have 80 random bits, and a call is paid
        mac_key = self.macs.mac_key(key.id, key.generation, key.salt) if key else _MAC_KEY_OF_NONE
        if key is None or not has_valid_mac(binding, mac_key):
            raise AcmeProblem(ProblemType.UNAUTHORIZED, _BINDING_REFUSED)
        return key

    def _open_key(self) -> EabKey:
        key_id = self._open_key_id()
        key = self.eab_keys.get(key_id) if key_id else None
        if key is None:
            raise AcmeProblem(ProblemType.EXTERNAL_ACCOUNT_REQUIRED, _BINDING_NEEDED)
        return key

    def _open_key_id(self) -> str | None:
        now = self.now()
        cached = self._open.get("")
        if cached is None or cached[1] <= now:
            cached = self._open[""] = (self.eab_keys.open_key_id(), now + CACHE_TIME)
        return cached[0]


def _new_account(key: EabKey, wanted: WantedAccount, contacts: tuple[str, ...], now: datetime) -> AcmeAccount:
    jwk: Mapping[str, str] = wanted.jwk
    return AcmeAccount(
        id=new_id(PREFIX, now),
        eab_key_id=key.id,
        service_account_id=key.service_account_id,
        team_id=key.team_id,
        thumbprint=thumbprint(jwk),
        jwk=jwk,
        created_at=now,
        updated_at=now,
        contacts=contacts,
        terms_agreed_at=now if wanted.has_agreed else None,
    )
