"""The identity provider of the sign-in tests is a whole one: discovery, login, code flow, UserInfo."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from tests.support.identity.openid_provider import OpenIdProvider, openid_provider

_BACK = "http://127.0.0.1:9/auth/callback/idp-test"
_VERIFIER = "v" * 43


def authorization_url(provider: OpenIdProvider, **parameters: str) -> str:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(_VERIFIER.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": _BACK,
        "scope": "openid profile email",
        "state": "the-state",
        "nonce": "the-nonce",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{discovery(provider)['authorization_endpoint']}?{urlencode(query | parameters)}"


def discovery(provider: OpenIdProvider) -> dict[str, Any]:
    found = requests.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=30)
    content: dict[str, Any] = found.json()
    return content


def tokens(provider: OpenIdProvider, back: str, verifier: str = _VERIFIER) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "code": parse_qs(urlsplit(back).query)["code"][0],
        "redirect_uri": _BACK,
        "code_verifier": verifier,
    }
    secret = (provider.client_id, provider.client_secret)
    return requests.post(discovery(provider)["token_endpoint"], data=form, auth=secret, timeout=30)


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return content


def test_a_person_signs_in_and_the_id_token_says_who(tmp_path: Path) -> None:
    with openid_provider(tmp_path) as provider:
        provider.allow(_BACK)
        back = provider.sign_in(authorization_url(provider), "ada")
        returned = parse_qs(urlsplit(back).query)
        assert back.startswith(_BACK)
        assert (returned["state"], returned["iss"]) == (["the-state"], [provider.issuer])
        answer = tokens(provider, back)
        assert answer.status_code == 200, answer.text
        content = claims(answer.json()["id_token"])
    assert (
        content.items()
        >= {
            "iss": provider.issuer,
            "aud": "certctl",
            "sub": "ada",
            "nonce": "the-nonce",
            "name": "Ada",
            "email": "ada@corp.example",
            "email_verified": True,
            "groups": ["admins", "staff"],
        }.items()
    )
    assert content["auth_time"] <= content["iat"]


def test_a_code_is_worth_nothing_without_its_verifier_and_without_pkce_there_is_none(tmp_path: Path) -> None:
    with openid_provider(tmp_path) as provider:
        provider.allow(_BACK)
        back = provider.sign_in(authorization_url(provider), "ada")
        assert tokens(provider, back, "w" * 43).json()["error"] == "invalid_grant"
        plain = authorization_url(provider, code_challenge="", code_challenge_method="")
        assert parse_qs(urlsplit(provider.sign_in(plain, "ada")).query)["error"] == ["invalid_request"]
        assert parse_qs(urlsplit(provider.cancel(authorization_url(provider))).query)["error"] == [
            "access_denied"
        ]


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_claims_change_between_sign_ins_and_tokens_are_signed_as_wished(
    tmp_path: Path, algorithm: str
) -> None:
    with openid_provider(tmp_path) as provider:
        provider.allow(_BACK)
        provider.sign_with(algorithm)
        provider.change("ada", groups=["viewers"], email=None, amr=["pwd", "mfa"])
        token = tokens(provider, provider.sign_in(authorization_url(provider), "ada")).json()["id_token"]
    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    assert header["alg"] == algorithm
    content = claims(token)
    assert (content["groups"], "email" in content, content["amr"]) == (["viewers"], False, ["pwd", "mfa"])


def test_a_provider_may_keep_names_and_groups_for_userinfo(tmp_path: Path) -> None:
    with openid_provider(tmp_path, only_userinfo=True) as provider:
        provider.allow(_BACK)
        answer = tokens(provider, provider.sign_in(authorization_url(provider), "otto")).json()
        assert "email" not in claims(answer["id_token"])
        bearer = {"Authorization": f"Bearer {answer['access_token']}"}
        found = requests.get(discovery(provider)["userinfo_endpoint"], headers=bearer, timeout=30).json()
    assert (found["sub"], found["email"]) == ("otto", "otto@corp.example")


def test_groups_that_are_too_many_are_named_and_not_listed(tmp_path: Path) -> None:
    with openid_provider(tmp_path) as provider:
        provider.allow(_BACK)
        elsewhere = {"source": {"endpoint": "https://graph.example/groups"}}
        provider.change("ada", groups=None, _claim_names={"groups": "source"}, _claim_sources=elsewhere)
        answer = tokens(provider, provider.sign_in(authorization_url(provider), "ada")).json()
    assert claims(answer["id_token"])["_claim_names"] == {"groups": "source"}


def test_it_comes_back_at_its_address_with_other_keys_and_no_sessions(tmp_path: Path) -> None:
    with openid_provider(tmp_path) as provider:
        provider.allow(_BACK)
        issuer, before = provider.issuer, requests.get(f"{provider.issuer}/jwks", timeout=30).json()
        browser = requests.Session()
        provider.sign_in(authorization_url(provider), "ada", browser)
        # Its session: nobody is asked again.
        silent = browser.get(authorization_url(provider), allow_redirects=False, timeout=30)
        assert silent.headers["Location"].startswith(_BACK)
        provider.restart()
        after = requests.get(f"{provider.issuer}/jwks", timeout=30).json()
        asked = browser.get(authorization_url(provider), allow_redirects=False, timeout=30)
    assert provider.issuer == issuer
    assert {key["kid"] for key in before["keys"]}.isdisjoint(key["kid"] for key in after["keys"])
    assert "/interaction/" in asked.headers["Location"]


def test_a_request_by_another_host_name_is_refused(tmp_path: Path) -> None:
    """A page of any name may lead to this address (DNS rebinding)."""
    with openid_provider(tmp_path) as provider:
        headers = {"Host": f"evil.example:{provider.running.port}"}
        found = requests.get(f"{provider.issuer}/jwks", headers=headers, timeout=30)
    assert found.status_code == 421
