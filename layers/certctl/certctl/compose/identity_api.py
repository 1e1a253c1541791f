"""Composes identity_api: it alone verifies tokens of other issuers, and calls those issuers."""

from functools import cache, cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.api.identity.session_schemas import Feature
from certctl.api.identity.throttle import CallerThrottle
from certctl.compose.rooms.access import AccessFactories
from certctl.compose.rooms.addresses import address_guard
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.catalog import CatalogFactories

if TYPE_CHECKING:
    from certctl.connectors.aws.secrets import Secrets
    from certctl.connectors.http.adapter import OutboundHttp
    from certctl.services.identity.child_tokens import ChildTokens
    from certctl.services.identity.command_lines import CommandLines
    from certctl.services.identity.credential_revocation import CredentialRevocation
    from certctl.services.identity.exchanges import ExchangeStores, TokenExchange
    from certctl.services.identity.oidc.providers import SignInProviders
    from certctl.services.identity.oidc.sign_in import ProviderSignIn
    from certctl.services.identity.oidc.users import SignedInUsers
    from certctl.services.identity.provider_keys import IssuerKeys
    from certctl.services.identity.rule_previews import AccessPreviews
    from certctl.services.identity.sessions import Sessions, SessionStores, UserSessions


class IdentityApi:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._catalog = CatalogFactories(self._base)
        self.access = AccessFactories(self._base)
        self.now = self._base.now
        self.throttle = CallerThrottle()

    @cached_property
    def exchange(self) -> "TokenExchange":
        from certctl.services.identity.exchanges import TokenExchange

        return TokenExchange(self._catalog.units, self._stores, self._keys, self._base.now)

    @cached_property
    def access_previews(self) -> "AccessPreviews":
        from certctl.services.identity.rule_previews import AccessPreviews

        return AccessPreviews(self._catalog.store, self._keys, self._base.now)

    @cached_property
    def sessions(self) -> "Sessions":
        from certctl.services.identity.sessions import Sessions

        return Sessions(self._catalog.units, self._session_stores, self._base.now)

    @property
    def features(self) -> tuple[Feature, ...]:
        return (Feature.INVENTORY,) if config.has_inventory() else ()

    @cached_property
    def user_sessions(self) -> "UserSessions":
        from certctl.services.identity.sessions import UserSessions

        return UserSessions(self._catalog.units, self._session_stores, self._base.now)

    @property
    def _session_stores(self) -> "SessionStores":
        from certctl.services.identity.sessions import SessionStores
        from certctl.store.identity.sessions import SessionStore

        access, sessions = self.access, SessionStore(self._base.database)
        return SessionStores(sessions, access.key_store, access.subject_store, self._catalog.store)

    @cached_property
    def command_lines(self) -> "CommandLines":
        from certctl.services.identity.command_lines import CommandLines
        from certctl.store.identity.login_codes import LoginCodeStore

        codes = LoginCodeStore(self._base.database)
        return CommandLines(self._catalog.units, codes, self.sessions, self._base.now)

    @cached_property
    def child_tokens(self) -> "ChildTokens":
        from certctl.services.identity.child_tokens import ChildTokens

        return ChildTokens(self.access.authentication, self.sessions)

    @cached_property
    def revocation(self) -> "CredentialRevocation":
        from certctl.services.identity.credential_revocation import CredentialRevocation

        catalog, keys = self._catalog, self.access.key_store
        return CredentialRevocation(catalog.units, keys, catalog.key_endings, self.sessions, self._base.now)

    @property
    def _stores(self) -> "ExchangeStores":
        from certctl.services.identity.exchanges import ExchangeStores
        from certctl.store.access.subjects import SubjectStore
        from certctl.store.notifications.public_url import PublicUrlStore
        from certctl.store.quotas import audit_samples, exchanges

        database = self._base.database
        return ExchangeStores(
            catalog=self._catalog.store,
            subjects=SubjectStore(database),
            public_url=PublicUrlStore(database),
            exchanges=exchanges(database),
            refusals=audit_samples(database),
        )

    @cached_property
    def sign_in(self) -> "ProviderSignIn":
        from certctl.connectors.provider_tokens import ProviderTokens
        from certctl.services.identity.oidc.sign_in import ProviderSignIn

        now = self._base.now
        tokens = ProviderTokens(self._http, now)
        return ProviderSignIn(self._providers, tokens, self._keys, self._users, now)

    @property
    def _providers(self) -> "SignInProviders":
        from certctl.services.identity.oidc.providers import SignInProviders
        from certctl.store.notifications.public_url import PublicUrlStore

        public_url = PublicUrlStore(self._base.database)
        return SignInProviders(self._catalog.store, public_url, self._keys, self._secrets)

    @property
    def _users(self) -> "SignedInUsers":
        from certctl.services.identity.oidc.users import SignedInUsers
        from certctl.store.identity.users import UserStore
        from certctl.store.quotas import audit_samples

        base, catalog = self._base, self._catalog
        users = UserStore(base.database, catalog.store)
        refusals = audit_samples(base.database)
        return SignedInUsers(catalog.units, catalog.store, users, self.sessions, refusals, base.now)

    @cached_property
    def _secrets(self) -> "Secrets":
        from certctl.connectors.aws.secrets import Secrets

        new_client = self._base.new_client
        return Secrets(
            config.stack().name,
            cache(lambda: new_client("ssm", attempts=2)),
            cache(lambda: new_client("secretsmanager", attempts=2)),
        )

    @property
    def _keys(self) -> "IssuerKeys":
        from certctl.connectors.provider_keys import ProviderKeys
        from certctl.services.identity.provider_keys import IssuerKeys
        from certctl.store.identity.provider_keys import ProviderKeyStore

        return IssuerKeys(ProviderKeyStore(self._base.database), ProviderKeys(self._http), self._base.now)

    @cached_property
    def _http(self) -> "OutboundHttp":
        from certctl.connectors.http.adapter import OutboundHttp
        from certctl.connectors.provider_keys import LARGEST_RESPONSE

        return OutboundHttp(address_guard(), body_limit=LARGEST_RESPONSE + 1)

    def end_connections(self) -> None:
        """Belongs at the end of each request: no connection survives the pause in which Lambda freezes a
        process."""
        if "_http" in vars(self):
            self._http.close()
