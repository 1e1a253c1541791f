"""The providers that people can sign in with, and what this stack is to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.provider_tokens import Client
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import InvalidInput, Unavailable
from certctl.domain.identity.access_rules import AccessRule
from certctl.domain.identity.foreign_tokens import Endpoints, KeysUnavailable
from certctl.domain.identity.identity_providers import IdentityProvider, SignInSettings
from certctl.domain.identity.oidc.attempts import SignInAttempt
from certctl.domain.identity.oidc.refusals import SignInFault, SignInRefused
from certctl.services.identity.provider_keys import IssuerKeys, Publisher
from certctl.services.identity.rule_previews import current_rules
from certctl.store.catalog.records import CatalogStore
from certctl.store.notifications.public_url import PublicUrlStore
from certctl.store.paging import in_parallel

CALLBACK = "/api/v1/auth/callback"


@dataclass(frozen=True)
class Relation:
    """A provider that offers sign-in, with its access rules by id. `public_url` is that of the stack, as the
    deploy stored it."""

    entry: Entry[IdentityProvider]
    settings: SignInSettings
    public_url: str
    rules: Mapping[str, AccessRule] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return self.entry.content.issuer

    @property
    def publisher(self) -> Publisher:
        return Publisher(self.entry.id, self.issuer)

    @property
    def redirect_uri(self) -> str:
        """One for each provider, so that a response cannot be taken for another's (RFC 9700 section 4.4)."""
        return f"{self.public_url}{CALLBACK}/{self.entry.id}"


@dataclass(frozen=True)
class SignInProviders:
    catalog: CatalogStore
    public_url: PublicUrlStore
    keys: IssuerKeys
    secrets: Secrets

    def offered(self) -> list[Entry[IdentityProvider]]:
        """The providers that people may sign in with, by name."""
        return sorted(
            filter(_is_offered, self.catalog.all_of(Kind.IDENTITY_PROVIDER)),
            key=lambda entry: entry.name.casefold(),
        )

    def relation(self, provider_id: str) -> Relation:
        """Read consistently: a provider disabled a moment ago admits nobody. Raises SignInRefused."""
        entry, public_url = in_parallel(
            lambda: self.catalog.get(Kind.IDENTITY_PROVIDER, provider_id), self.public_url.get
        )
        if entry is None or not _is_offered(entry):
            raise SignInRefused(SignInFault.NOT_OFFERED, "There is no such provider that offers sign-in.")
        if not public_url:
            raise SignInRefused(SignInFault.UNAVAILABLE, "The deploy has not stored the stack's URL yet.")
        return Relation(entry, entry.content.sign_in, public_url)

    def with_rules(self, relation: Relation) -> Relation:
        """Read consistently, too."""
        rules = current_rules(self.catalog, relation.entry.id)
        return replace(relation, rules={id: rule.content for id, rule in rules.items()})

    def endpoints(self, relation: Relation) -> Endpoints:
        """Raises SignInRefused."""
        try:
            return self.keys.endpoints(relation.publisher)
        except KeysUnavailable as failure:
            raise SignInRefused(SignInFault.UNAVAILABLE, failure.detail) from None

    def client(self, relation: Relation) -> Client:
        """Raises SignInRefused."""
        try:
            secret = self.secrets.read(relation.settings.client_secret, "identity")
        except (Unavailable, InvalidInput) as failure:
            raise SignInRefused(SignInFault.UNAVAILABLE, failure.detail) from None
        return Client(relation.settings.client_id, secret)


def authorization_url(relation: Relation, endpoints: Endpoints, attempt: SignInAttempt) -> str:
    query = {
        "response_type": "code",
        "client_id": relation.settings.client_id,
        "redirect_uri": relation.redirect_uri,
        "scope": " ".join(relation.settings.scopes),
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": attempt.challenge,
        "code_challenge_method": "S256",
    }
    if attempt.max_age is not None:
        query["max_age"] = str(attempt.max_age)
    if attempt.max_age == 0:
        query["prompt"] = "login"  # Entra ID does not know max_age
    separator = "&" if "?" in endpoints.authorization else "?"
    return f"{endpoints.authorization}{separator}{urlencode(query)}"


def _is_offered(entry: Entry[IdentityProvider]) -> bool:
    return entry.content.offers_sign_in and not entry.is_deleting
