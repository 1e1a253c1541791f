"""The account of an issuer at its ACME server: registered once, then found by its URL (RFC 8555, 7.3)."""

import json
from typing import Any

from acme import messages
from josepy.b64 import b64encode
from josepy.jwk import JWKEC

from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.issuers.acme.memory import AcmeMemory
from certctl.connectors.issuers.acme.session import AcmeSession
from certctl.connectors.issuers.base import IssuerUnavailable
from certctl.domain.issuing.kinds.acme import AcmeSettings


class AcmeAccount:
    def __init__(self, issuer_id: str, settings: AcmeSettings, secrets: Secrets, memory: AcmeMemory) -> None:
        self._issuer_id = issuer_id
        self._settings = settings
        self._secrets = secrets
        self._memory = memory

    def enter(self, session: AcmeSession) -> None:
        """Signs the session's further requests as this account. Raises IssuerUnavailable, Refused."""
        known = json.loads(self._memory.account(self._issuer_id) or "{}")
        identity = self._identity(session.key)
        if {name: known.get(name) for name in identity} != identity:
            self._remember(session, self._register(session))
        else:
            session.use_account(known["url"])
        if known and known.get("contacts") != list(self._settings.contacts):
            self._update(session, known["url"])

    def forget(self) -> None:
        """The server does not know the account. The next step registers again, with the same key."""
        self._memory.write_account(self._issuer_id, "{}")

    def _identity(self, key: JWKEC) -> dict[str, str]:
        """The server and key that the URL belongs to: another server or key has another account."""
        thumbprint = b64encode(key.thumbprint()).decode("ascii")
        return {"directory": self._settings.directory_url, "key": thumbprint}

    def _register(self, session: AcmeSession) -> str:
        """A key that the server already knows gets the URL of its account."""
        wanted: dict[str, Any] = {
            "termsOfServiceAgreed": True,
            "contact": list(self._settings.contacts),
            **self._binding(session),
        }
        response = session.post(session.directory()["newAccount"], wanted)
        if response.location is None:
            raise IssuerUnavailable("the ACME server did not return the account's URL")
        return response.location

    def _binding(self, session: AcmeSession) -> dict[str, Any]:
        account = self._settings.external_account
        if account is None:
            return {}
        hmac_key = self._secrets.read(account.hmac_secret, "issuers")
        bound = messages.ExternalAccountBinding.from_data(
            session.key.public_key(), account.key_id, hmac_key, session.directory()
        )
        return {"externalAccountBinding": {name: str(value) for name, value in _plain(bound).items()}}

    def _update(self, session: AcmeSession, url: str) -> None:
        session.post(url, {"contact": list(self._settings.contacts)})
        self._remember(session, url)

    def _remember(self, session: AcmeSession, url: str) -> None:
        session.use_account(url)
        known = {**self._identity(session.key), "url": url, "contacts": list(self._settings.contacts)}
        self._memory.write_account(self._issuer_id, json.dumps(known))


def _plain(binding: Any) -> dict[str, Any]:
    """The binding without the library's objects in it."""
    plain: dict[str, Any] = json.loads(json.dumps(binding, default=lambda part: part.to_partial_json()))
    return plain
