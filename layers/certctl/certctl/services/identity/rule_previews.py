"""What the access rules of a provider say of a person: as at a sign-in, but nothing is stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from certctl.crypto.identity.tokens import UnverifiedToken, claims_for_any_audience, parse, verify
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.reach import reads_record
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import NotFound, Unavailable
from certctl.domain.identity.access_rules import AccessRule, Evaluation, evaluate
from certctl.domain.identity.claims import Claims
from certctl.domain.identity.foreign_tokens import ExpectedClaims, KeysUnavailable, TokenRefused
from certctl.domain.identity.identity_providers import IdentityProvider
from certctl.services.identity.provider_keys import IssuerKeys, publisher_of
from certctl.store.catalog.records import CatalogStore


def current_rules(catalog: CatalogStore, provider_id: str) -> dict[str, Entry[AccessRule]]:
    """The rules of a provider by id, read consistently: one that was changed or deleted a moment ago admits
    nobody by its old form."""
    rules = catalog.all_of(Kind.ACCESS_RULE)
    return {e.id: e for e in rules if e.content.provider_id == provider_id and not e.is_deleting}


@dataclass(frozen=True)
class AccessPreview:
    """`evaluation` has a result for each of `rules`; there are none if the token itself is refused."""

    rules: Mapping[str, Entry[AccessRule]]
    evaluation: Evaluation


@dataclass(frozen=True)
class AccessPreviews:
    catalog: CatalogStore
    keys: IssuerKeys
    now: Callable[[], datetime]

    def of_token(self, caller: Principal, provider_id: str, token: str) -> AccessPreview:
        """Evaluates an ID token for certctl's client at the provider; for any client if the provider has no
        `sign_in`. Raises NotFound, Unavailable."""
        provider = self._provider(provider_id)
        try:
            claims = self._verified(provider, parse(token))
        except TokenRefused as refused:
            return AccessPreview({}, Evaluation((), (), refused.detail))
        except KeysUnavailable as failure:
            raise Unavailable(failure.detail) from None
        return self._evaluated(caller, provider_id, claims)

    def of_claims(self, caller: Principal, provider_id: str, claims: Claims) -> AccessPreview:
        """Raises NotFound."""
        self._provider(provider_id)
        return self._evaluated(caller, provider_id, claims)

    def _provider(self, provider_id: str) -> Entry[IdentityProvider]:
        provider = self.catalog.get(Kind.IDENTITY_PROVIDER, provider_id)
        if provider is None or provider.is_deleting:
            raise NotFound("There is no such identity provider.")
        return provider

    def _verified(self, provider: Entry[IdentityProvider], presented: UnverifiedToken) -> Claims:
        keys, issuer = self.keys.of(publisher_of(provider), presented), provider.content.issuer
        sign_in = provider.content.sign_in
        if sign_in is None:
            return claims_for_any_audience(presented, keys, issuer, self.now())
        return verify(presented, keys, ExpectedClaims(issuer, sign_in.client_id), self.now())

    def _evaluated(self, caller: Principal, provider_id: str, claims: Claims) -> AccessPreview:
        """Evaluates the rules that the caller may see."""
        current = current_rules(self.catalog, provider_id)
        rules = {rule_id: entry for rule_id, entry in current.items() if reads_record(caller, entry)}
        contents = {rule_id: entry.content for rule_id, entry in rules.items()}
        return AccessPreview(rules, evaluate(contents, claims))
