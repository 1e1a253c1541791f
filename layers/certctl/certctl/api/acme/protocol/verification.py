"""Verifies signed requests, in this order: form, key, signature, nonce. A forgery uses up no nonce."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from certctl.api.acme.protocol.payloads import malformed
from certctl.api.acme.protocol.requests import Exchange, SignedRequest
from certctl.api.request import Call
from certctl.crypto.acme.jws import Jws, parse, verify
from certctl.crypto.acme.keys import PublicJwk
from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.acme.callers import require_valid
from certctl.domain.acme.problems import AcmeProblem, ProblemType

if TYPE_CHECKING:
    from certctl.services.acme.nonces import Nonces
    from certctl.unit_of_work.acme.callers import AcmeCallers

BODY_LIMIT = 128 << 10
MEDIA_TYPE = "application/jose+json"
_WITH_JWK = frozenset({"new-account"})
_WITH_EITHER = frozenset({"revoke-cert"})


@dataclass(frozen=True)
class Verification:
    """A request by an unknown sender costs one read at most until its signature is verified."""

    callers: "AcmeCallers"
    nonces: "Nonces"

    def verified(self, exchange: Exchange) -> SignedRequest:
        """Raises AcmeProblem."""
        jws = _parsed(exchange.call)
        if jws.header.url != exchange.url:
            detail = f"The url of the protected header must be the URL of the request, {exchange.url}"
            raise AcmeProblem(ProblemType.UNAUTHORIZED, detail)
        account = self._signer(exchange, jws)
        key = account.jwk if account else _given_key(jws)
        verify(jws, key)
        self.nonces.use(jws.header.nonce)
        exchange.account = account
        if account is not None:
            require_valid(account)
        return _signed(exchange, jws, key)

    def _signer(self, exchange: Exchange, jws: Jws) -> AcmeAccount | None:
        """The ACME account that the request names; None if it brings its key."""
        kind, kid = exchange.place[0], jws.header.kid
        if kid is None and kind not in _WITH_JWK | _WITH_EITHER:
            raise malformed("The protected header must have kid, the URL of the ACME account, here.")
        if kid is not None and kind in _WITH_JWK:
            raise malformed("The protected header must have jwk, the key of the new ACME account, here.")
        return self._account(exchange, kid) if kid is not None else None

    def _account(self, exchange: Exchange, kid: str) -> AcmeAccount:
        account_id = exchange.urls.account_in(kid)
        account = self.callers.account(account_id) if account_id else None
        if account is None:
            detail = "There is no ACME account with this kid on this server."
            raise AcmeProblem(ProblemType.ACCOUNT_DOES_NOT_EXIST, detail)
        return account


def _parsed(call: Call) -> Jws:
    media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != MEDIA_TYPE:
        raise AcmeProblem(ProblemType.MALFORMED, f"The content type must be {MEDIA_TYPE}.", 415)
    if len(call.body) > BODY_LIMIT:
        raise AcmeProblem(ProblemType.MALFORMED, f"The body is over {BODY_LIMIT} bytes.", 413)
    return parse(call.body)


def _given_key(jws: Jws) -> PublicJwk:
    if jws.header.jwk is None:
        raise malformed("The protected header must have either kid or jwk.")
    return jws.header.jwk


def _signed(exchange: Exchange, jws: Jws, key: PublicJwk) -> SignedRequest:
    return SignedRequest(
        place=exchange.place,
        urls=exchange.urls,
        url=exchange.url,
        query=exchange.query,
        source_ip=exchange.call.source_ip,
        jws=jws,
        key=key,
    )
