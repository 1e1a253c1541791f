"""Exchanges a token of another issuer for a short-lived credential of a service account (RFC 7523)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from certctl.crypto.identity.tokens import UnverifiedToken, parse, verify
from certctl.domain.access.credentials import CredentialKind, key_hash, new_credential_text
from certctl.domain.access.principals import Principal
from certctl.domain.access.subjects import Subject
from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.reach import may_trust_for
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import GrantRefused, InvalidInput, NotFound, TooManyRequests, Unavailable
from certctl.domain.identity.claims import Claims
from certctl.domain.identity.exchanged_tokens import (
    EXCHANGES_PER_MINUTE,
    REFUSALS_PER_HOUR,
    ExchangedToken,
    GrantError,
    new_token_id,
)
from certctl.domain.identity.foreign_tokens import ExpectedClaims, KeysUnavailable, TokenFault, TokenRefused
from certctl.domain.identity.identity_providers import IdentityProvider, is_of_people
from certctl.domain.identity.trust_rules import (
    RuleCheck,
    TrustRule,
    checks_of,
    pin_problems,
    rule_problems,
    values_at,
    warnings_of,
)
from certctl.domain.ids import ulid_of
from certctl.domain.times import from_seconds, to_wire
from certctl.observability import measure
from certctl.services.identity.provider_keys import IssuerKeys, publisher_of
from certctl.store.access.subjects import SubjectStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.identity.exchanged_tokens import create_step, use_step
from certctl.store.notifications.public_url import PublicUrlStore
from certctl.store.paging import in_parallel
from certctl.store.quotas import QuotaStore
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.units import Units

_NO_RULE = "There is no such trust rule, or it is disabled."
_NO_ACCOUNT = "The trust rule's service account is disabled or deleted."
_OF_PEOPLE = "The trust rule's audience is the client that people sign in with: no token of it is exchanged."
_UNSAVED = "unsaved"
_LONGEST_KEPT = 512
_LONGEST_JTI = 128
_USED = "The token was exchanged before: this trust rule takes each token once."


@dataclass(frozen=True)
class IssuedToken:
    """`text` is returned in this one response and stored nowhere."""

    token: ExchangedToken
    text: str
    service_account_id: str
    lifetime: timedelta


@dataclass(frozen=True)
class RulePreview:
    """What a rule says about a token or its claims. `refusal` is why the token itself is refused, None if it
    is verified or only claims were given."""

    refusal: str | None
    checks: tuple[RuleCheck, ...]
    warnings: tuple[str, ...]

    @property
    def admitted(self) -> bool:
        return self.refusal is None and all(check.passed for check in self.checks)


@dataclass(frozen=True)
class ExchangeStores:
    """`exchanges` and `refusals` bound what one rule writes."""

    catalog: CatalogStore
    subjects: SubjectStore
    public_url: PublicUrlStore
    exchanges: QuotaStore
    refusals: QuotaStore


@dataclass(frozen=True)
class _Trust:
    """A rule with what it refers to. `is_of_people`: people sign in with its audience."""

    rule: Entry[TrustRule]
    provider: Entry[IdentityProvider]
    audience: str
    is_of_people: bool


@dataclass(frozen=True)
class TokenExchange:
    units: Units
    stores: ExchangeStores
    keys: IssuerKeys
    now: Callable[[], datetime]

    def exchange(self, rule_id: str, assertion: str) -> IssuedToken:
        """Raises GrantRefused, TooManyRequests, Unavailable."""
        trust = self._trust_of_caller(rule_id)
        try:
            claims = self._verified(trust, parse(assertion))
            _require_admission(checks_of(trust.rule.content, trust.provider.content, claims, self.now()))
        except TokenRefused as refused:
            self._record_refusal(trust, refused)
            raise GrantRefused(GrantError.INVALID_GRANT, refused.detail) from None
        exchanged = self._issue(trust, claims)
        measure("Count", {"TokenExchanges": 1}, service="api")
        return exchanged

    def preview(
        self, caller: Principal, rule_id: str, token: str | None, claims: Claims | None
    ) -> RulePreview:
        """Evaluates a rule that is in force or disabled. Raises NotFound, also for a rule that the caller may
        not change, and Unavailable."""
        trust = self._trust(rule_id)
        if trust is None or not may_trust_for(caller, self._account_of(trust)):
            raise NotFound("There is no such trust rule.")
        return self._foreseen(trust, token, claims)

    def preview_unsaved(
        self, caller: Principal, rule: TrustRule, token: str | None, claims: Claims | None
    ) -> RulePreview:
        """Evaluates a rule as it would be saved. Raises InvalidInput for a rule that could not be, also for a
        service account for which the caller may not write rules, and Unavailable."""
        now = self.now()
        trust = self._trust_of(Entry(Kind.TRUST_RULE, _UNSAVED, _UNSAVED, rule, now, now))
        if trust is None:
            raise InvalidInput.of("rule.provider_id", "there is no such identity provider")
        account = self._account_of(trust)
        if account is None or not may_trust_for(caller, account):
            raise InvalidInput.of("rule.service_account_id", "there is no such service account")
        problems = [*rule_problems(rule), *pin_problems(rule, trust.provider.content.type)]
        if problems:
            named = [replace(each, field=f"rule.{each.field}") for each in problems]
            raise InvalidInput("This rule could not be saved.", named)
        return self._foreseen(trust, token, claims)

    def _foreseen(self, trust: _Trust, token: str | None, claims: Claims | None) -> RulePreview:
        refusal = None
        if token is not None:
            try:
                claims = self._verified(trust, parse(token))
            except TokenRefused as refused:
                refusal = refused.detail
        content, provider = trust.rule.content, trust.provider.content
        checks = checks_of(content, provider, claims, self.now()) if claims is not None else ()
        return RulePreview(refusal, checks, tuple(warnings_of(content, provider.type)))

    def _account_of(self, trust: _Trust) -> AnyEntry | None:
        return self.stores.catalog.get(Kind.SERVICE_ACCOUNT, trust.rule.content.service_account_id)

    def _trust_of_caller(self, rule_id: str) -> _Trust:
        trust = self._trust(rule_id)
        if trust is None or not trust.rule.content.enabled:
            raise GrantRefused(GrantError.INVALID_CLIENT, _NO_RULE)
        return trust

    def _trust(self, rule_id: str) -> _Trust | None:
        """Read consistently: a rule that was changed or deleted a moment ago admits nobody by its old
        form."""
        rule = self.stores.catalog.get(Kind.TRUST_RULE, rule_id)
        return None if rule is None or rule.is_deleting else self._trust_of(rule)

    def _trust_of(self, rule: Entry[TrustRule]) -> _Trust | None:
        catalog = self.stores.catalog
        providers, public_url = in_parallel(
            lambda: {each.id: each for each in catalog.all_of(Kind.IDENTITY_PROVIDER)},
            self.stores.public_url.get,
        )
        provider = providers.get(rule.content.provider_id)
        if provider is None or provider.is_deleting:
            return None
        audience, known = rule.content.audience or public_url, (each.content for each in providers.values())
        return _Trust(rule, provider, audience, is_of_people(audience, provider.content.issuer, known))

    def _verified(self, trust: _Trust, presented: UnverifiedToken) -> Claims:
        """Raises TokenRefused, Unavailable."""
        provider = trust.provider.content
        if trust.is_of_people:
            raise TokenRefused(TokenFault.AUDIENCE, _OF_PEOPLE)
        publisher = publisher_of(trust.provider)
        try:
            keys = self.keys.of(publisher, presented)
        except KeysUnavailable as failure:
            raise Unavailable(failure.detail) from None
        return verify(presented, keys, ExpectedClaims(provider.issuer, trust.audience), self.now())

    def _issue(self, trust: _Trust, claims: Claims) -> IssuedToken:
        rule, now = trust.rule.content, self.now()
        subject = self.stores.subjects.get(ulid_of(rule.service_account_id))
        if subject is None or subject.id != rule.service_account_id or not subject.enabled:
            raise GrantRefused(GrantError.INVALID_GRANT, _NO_ACCOUNT)
        if not self.stores.exchanges.take(trust.rule.id, EXCHANGES_PER_MINUTE, now):
            limit = f"This trust rule admits {EXCHANGES_PER_MINUTE} tokens in a minute."
            raise TooManyRequests(limit, retry_after=60 - now.second)
        text = new_credential_text(CredentialKind.TOKEN, subject.ulid)
        lifetime = timedelta(seconds=rule.lifetime_seconds)
        token = ExchangedToken(
            id=new_token_id(now),
            key_hash=key_hash(text),
            subject_ulid=subject.ulid,
            rule_id=trust.rule.id,
            expires_at=now + lifetime,
            actions=rule.actions or (),
            names=rule.names or (),
            makers=trust.rule.answerable,
            issuer=trust.provider.content.issuer,
            claims=_kept_claims(rule, claims),
            jti=_jti(claims),
        )
        self._write(trust, claims, subject, token)
        return IssuedToken(token, text, subject.id, lifetime)

    def _write(self, trust: _Trust, claims: Claims, subject: Subject, token: ExchangedToken) -> None:
        """One transaction: the token counts as used if, and only if, its credential exists. That the
        account is enabled is no condition: each use of a credential reads its subject."""
        issuer, now = trust.provider.content.issuer, self.now()
        unit = self.units.begin(Actor(subject.id, ActorType.SERVICE), trust.rule.id, now)
        unit.write(create_step(token))
        if trust.rule.content.takes_once(trust.provider.content.type):
            used = GrantRefused(GrantError.INVALID_GRANT, _USED)
            unit.write(
                use_step(issuer, values_at(claims, ("jti",))[0], from_seconds(int(claims["exp"])), used)
            )
        shown = {"credential": _facts(trust, claims, token)}
        unit.event("token_exchanged", _resource(trust), shown, ulid_of(token.id))
        unit.commit()

    def _record_refusal(self, trust: _Trust, refused: TokenRefused) -> None:
        """Some of each hour, as refusals of callers without a key."""
        now = self.now()
        measure("Count", {"TokenRefusals": 1}, service="api")
        if not self.stores.refusals.take(f"exchange#{trust.rule.id}", REFUSALS_PER_HOUR, now):
            return
        unit = self.units.begin(Actor("anonymous"), trust.rule.id, now)
        details = {"fault": refused.fault.value, "detail": refused.detail, "issuer": trust.provider.id}
        unit.event("token_refused", _resource(trust), details)
        unit.commit()


def _require_admission(checks: Sequence[RuleCheck]) -> None:
    failed = [check.detail for check in checks if not check.passed]
    if failed:
        raise TokenRefused(TokenFault.RULE, " ".join(failed))


def _resource(trust: _Trust) -> Resource:
    return Resource(Kind.TRUST_RULE.label, trust.rule.id)


def _compared(rule: TrustRule, claims: Claims) -> dict[str, list[str]]:
    return {claim.name: list(values_at(claims, claim.path)) for claim in rule.claims}


def _kept_claims(rule: TrustRule, claims: Claims) -> dict[str, list[str]] | None:
    """The claims for each event of the credential; long ones are in the event of the exchange alone."""
    compared = _compared(rule, claims)
    return compared if len(json.dumps(compared)) <= _LONGEST_KEPT else None


def _jti(claims: Claims) -> str | None:
    return next((jti for jti in values_at(claims, ("jti",)) if len(jti) <= _LONGEST_JTI), None)


def _facts(trust: _Trust, claims: Claims, token: ExchangedToken) -> Mapping[str, Any]:
    """What admitted the caller: no claim but those that the rule compares."""
    return {
        "id": token.id,
        "kind": CredentialKind.TOKEN.value,
        "made_by": trust.rule.id,
        "issuer": trust.provider.content.issuer,
        "claims": _compared(trust.rule.content, claims),
        "jti": _jti(claims),
        "expires_at": to_wire(token.expires_at),
    }
