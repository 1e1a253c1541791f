"""A real OpenID provider (`oidc-provider`, certified) for tests, and a person who signs in at it without a
browser.

    with openid_provider(tmp_path) as provider:
        provider.allow(f"{stack.url}/auth/callback/{idp}")    # redirect URI of the client
        provider.issuer, provider.client_id, provider.client_secret
        back = provider.sign_in(login_url, "ada")             # the callback's URL with code, state and iss
        provider.change("ada", groups=["viewers"])            # claims of the next sign-in
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from local.oidc import process
from local.oidc.process import ProviderProcess, ProviderSettings

_MOST_REDIRECTS = 10


def person(sub: str, *groups: str, **claims: Any) -> dict[str, Any]:
    """Claims of one who has a name, a verified mail address, and groups."""
    usual = {"name": sub.title(), "email": f"{sub}@corp.example", "email_verified": True}
    return {"sub": sub, "groups": list(groups)} | usual | claims


PEOPLE = (
    person("ada", "admins", "staff"),
    person("tess", "team-admins", "staff"),
    person("otto", "operators", "staff"),
    person("vera", "viewers", "staff"),
    person("anna", "auditors", "staff"),
    person("nobody"),
)


@dataclass
class OpenIdProvider:
    """`client_id` is a confidential client that must use PKCE (S256); its ID tokens have `auth_time`, its
    redirects back `iss` (RFC 9207)."""

    running: ProviderProcess
    settings: ProviderSettings
    client_id: str = "certctl"

    @property
    def issuer(self) -> str:
        return self.running.issuer

    @property
    def client_secret(self) -> str:
        return str(self.settings.clients[0]["client_secret"])

    def allow(self, *redirect_uris: str) -> None:
        """The client may be sent back to these, and to no other."""
        self._change_client(redirect_uris=list(redirect_uris))

    def sign_with(self, algorithm: str) -> None:
        """RS256, ES256 or EdDSA, from the next ID token."""
        self._change_client(id_token_signed_response_alg=algorithm)

    def change(self, sub: str, **claims: Any) -> None:
        """Claims of a person from now on; None takes one away."""
        people = [_changed(each, claims) if each["sub"] == sub else each for each in self.settings.people]
        self._apply(replace(self.settings, people=people))

    def add(self, *people: dict[str, Any]) -> None:
        self._apply(replace(self.settings, people=[*self.settings.people, *people]))

    def sign_in(self, authorization_url: str, sub: str, browser: requests.Session | None = None) -> str:
        """Where the provider sends the person back to; that address is not called. `browser` keeps the
        provider's session: one that has signed in is not asked who it is."""
        return _walk(browser or requests.Session(), self.issuer, authorization_url, {"login": sub})

    def cancel(self, authorization_url: str) -> str:
        """The same for a person who does not sign in: `error=access_denied`."""
        return _walk(requests.Session(), self.issuer, authorization_url, {"cancel": "1"})

    def restart(self) -> None:
        """At the same address with new signing keys: it knows nobody any more."""
        self.stop()
        folder, host = self.running.file.parent, self.issuer.split("//")[1].rsplit(":", 1)[0]
        self.running = process.start(folder, self.settings, port=self.running.port, host=host)

    def stop(self) -> None:
        """Nothing listens at the issuer's address until `restart`."""
        self.running.stop()

    def _change_client(self, **metadata: Any) -> None:
        client = dict(self.settings.clients[0]) | metadata
        self._apply(replace(self.settings, clients=[client]))

    def _apply(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self.running.change(settings)


@contextmanager
def openid_provider(
    folder: Path,
    people: Sequence[dict[str, Any]] = PEOPLE,
    *,
    only_userinfo: bool = False,
    host: str = "127.0.0.1",
) -> Iterator[OpenIdProvider]:
    """On a free port of loopback, until the end of the block."""
    client = {
        "client_id": "certctl",
        "client_secret": "not-secret-on-loopback-0123456789",
        "redirect_uris": ["http://127.0.0.1/unused"],
    }
    settings = ProviderSettings(people, [client], only_userinfo)
    provider = OpenIdProvider(process.start(folder / "provider", settings, host=host), settings)
    try:
        yield provider
    finally:
        provider.stop()


def _changed(person: Any, claims: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (dict(person) | claims).items() if value is not None}


def _walk(browser: requests.Session, issuer: str, url: str, answer: dict[str, str]) -> str:
    """Follows redirects within the issuer and answers its form."""
    for _ in range(_MOST_REDIRECTS):
        if not url.startswith(f"{issuer}/"):
            return url
        page = browser.get(url, allow_redirects=False, timeout=30)
        if page.ok and not page.is_redirect:
            page = browser.post(url, data=answer, allow_redirects=False, timeout=30)
        assert page.is_redirect, f"{page.status_code}: {page.text[:2000]}"
        url = urljoin(url, page.headers["Location"])
    raise AssertionError(f"more than {_MOST_REDIRECTS} redirects")
