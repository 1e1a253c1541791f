"""Signs a person in with an OpenID Connect provider: code flow with PKCE, as a confidential client."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from certctl.connectors.provider_tokens import ProviderTokens, Redemption, Tokens
from certctl.crypto.identity.tokens import parse, verify
from certctl.domain.access.sign_in import SignIn
from certctl.domain.identity.access_rules import evaluate
from certctl.domain.identity.claims import Claims
from certctl.domain.identity.foreign_tokens import Endpoints, ExpectedClaims, KeysUnavailable, TokenRefused
from certctl.domain.identity.oidc.attempts import SignInAttempt, attempt_in, new_attempt
from certctl.domain.identity.oidc.people import (
    SHOWN_CLAIMS,
    absent,
    check_id_token,
    completed,
    person_of,
    proved_at,
    require_claims,
    shown_claims,
)
from certctl.domain.identity.oidc.refusals import SignInFault, SignInRefused
from certctl.observability import measure
from certctl.services.identity.oidc.providers import Relation, SignInProviders, authorization_url
from certctl.services.identity.oidc.users import Admission, SignedInUsers
from certctl.services.identity.provider_keys import IssuerKeys
from certctl.services.identity.sessions import StartedSession

_DENIED = "access_denied"
_EXPIRED = "The sign-in was not begun in this browser, or over 10 minutes ago, or is over."


@dataclass(frozen=True)
class StartedSignIn:
    """`url` is the provider's: the person goes there, and `attempt` stays in the browser."""

    url: str
    attempt: SignInAttempt


@dataclass(frozen=True)
class AuthorizationResponse:
    """What the provider's redirect carries (RFC 6749 section 4.1.2, RFC 9207)."""

    state: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)
    error: str | None = None
    iss: str | None = None


@dataclass(frozen=True)
class SignedIn:
    """`return_to` is a path of the dashboard."""

    started: StartedSession
    return_to: str


class NotAdmitted(SignInRefused):
    """No access rule admits the person, who may see `claims`: they are theirs, and verified. `reason`
    is why no rule could be compared."""

    def __init__(self, provider_name: str, claims: Claims, reason: str | None) -> None:
        super().__init__(SignInFault.NOT_ADMITTED, reason or "No access rule admits the person.")
        self.provider_name = provider_name
        self.claims: Mapping[str, tuple[str, ...]] = shown_claims(claims)
        self.reason = reason


@dataclass(frozen=True)
class ProviderSignIn:
    providers: SignInProviders
    tokens: ProviderTokens
    keys: IssuerKeys
    users: SignedInUsers
    now: Callable[[], datetime]

    def begin(self, provider_id: str, return_to: str, max_age: int | None) -> StartedSignIn:
        """Writes nothing about the person. Raises SignInRefused."""
        relation = self.providers.relation(provider_id)
        attempt = new_attempt(provider_id, return_to, max_age, self.now())
        return StartedSignIn(
            authorization_url(relation, self.providers.endpoints(relation), attempt), attempt
        )

    def finish(self, provider_id: str, response: AuthorizationResponse, kept: str | None) -> SignedIn:
        """`kept` is the attempt's text from the browser. Raises SignInRefused; what it raises for a provider
        that offers sign-in is in the audit trail."""
        relation = self.providers.relation(provider_id)
        try:
            attempt = self._attempt(relation, response, kept)
            # ADR 41: rules are read consistently at each sign-in, for they decide who comes in
            relation = self.providers.with_rules(relation)
            return self._admitted(relation, attempt, self._claims(relation, attempt, response))
        except SignInRefused as refused:
            self.users.record_refusal(relation.entry.id, refused)
            raise

    def _attempt(
        self, relation: Relation, response: AuthorizationResponse, kept: str | None
    ) -> SignInAttempt:
        """The attempt that the response belongs to."""
        attempt = attempt_in(kept or "")
        if attempt is None or attempt.provider_id != relation.entry.id or attempt.has_expired(self.now()):
            raise SignInRefused(SignInFault.EXPIRED, _EXPIRED)
        if not attempt.has_state(response.state or ""):
            raise SignInRefused(SignInFault.EXPIRED, _EXPIRED)
        return attempt

    def _claims(self, relation: Relation, attempt: SignInAttempt, response: AuthorizationResponse) -> Claims:
        """All that a rule of the provider, or its record, compares."""
        endpoints = self.providers.endpoints(relation)
        code = _code_in(response, relation.issuer, endpoints)
        redemption = Redemption(code, attempt.verifier, relation.redirect_uri)
        tokens = self.tokens.redeem(endpoints, self.providers.client(relation), redemption)
        claims = self._verified(relation, tokens)
        check_id_token(claims, attempt, relation.settings.client_id)
        return (
            claims if tokens.access is None else self._completed(relation, endpoints, claims, tokens.access)
        )

    def _verified(self, relation: Relation, tokens: Tokens) -> Claims:
        try:
            presented = parse(tokens.id)
            keys = self.keys.of(relation.publisher, presented)
            return verify(
                presented, keys, ExpectedClaims(relation.issuer, relation.settings.client_id), self.now()
            )
        except TokenRefused as refused:
            raise SignInRefused(SignInFault.NOT_VERIFIED, refused.detail) from None
        except KeysUnavailable as failure:
            raise SignInRefused(SignInFault.UNAVAILABLE, failure.detail) from None

    def _completed(self, relation: Relation, endpoints: Endpoints, claims: Claims, access: str) -> Claims:
        """Okta's ID tokens, for one, have no groups when a code is redeemed."""
        wanted = {*SHOWN_CLAIMS, *relation.settings.required_claims}
        wanted |= {rule.claim_path[0] for rule in relation.rules.values()}
        if endpoints.userinfo is None or not absent(claims, wanted):
            return claims
        # ADR 41: claims of UserInfo only add to those of the signed ID token.
        return completed(claims, self.tokens.userinfo(endpoints.userinfo, access))

    def _admitted(self, relation: Relation, attempt: SignInAttempt, claims: Claims) -> SignedIn:
        proved = proved_at(claims, attempt, relation.settings.auth_time, self.now())
        require_claims(relation.settings, claims)
        evaluation = evaluate(relation.rules, claims)
        if not evaluation.admitted:
            raise NotAdmitted(relation.entry.name, claims, evaluation.refusal)
        admission = Admission(
            relation.issuer,
            person_of(claims),
            evaluation,
            SignIn(proved, relation.entry.id),
            attempt,
            relation.settings,
        )
        started = self.users.sign_in(admission)
        measure("Count", {"SignIns": 1}, service="api")
        return SignedIn(started, attempt.return_to)


def _code_in(response: AuthorizationResponse, issuer: str, endpoints: Endpoints) -> str:
    """Raises SignInRefused. The issuer first: another provider's error is nobody's."""
    # ADR 41: so a code of one provider never reaches another (RFC 9207).
    if response.iss != issuer and (response.iss is not None or endpoints.sends_issuer):
        raise SignInRefused(
            SignInFault.NOT_VERIFIED, "The response is of another issuer, or does not name its own."
        )
    if response.error == _DENIED:
        raise SignInRefused(SignInFault.CANCELLED, "The person, or the provider, declined.")
    if response.error is not None or not response.code:
        raise SignInRefused(SignInFault.PROVIDER_ERROR, "The provider sent an error in place of a code.")
    return response.code
