"""Methods, content types, headers and problem documents of the ACME server."""

import json

import pytest
from botocore.exceptions import ConnectTimeoutError

from certctl.domain.acme.eab_keys import EabKey
from certctl.store.acme.keys import NONCE_KEY
from tests.support.acme.gateway import DIRECTORY, HOST, AcmeGateway
from tests.support.acme.raw import JOSE, RawAcme, jws, problem
from tests.support.functions.deployed import Deployed


def test_the_directory_names_every_resource_and_the_profiles_of_eab_keys(
    gateway: AcmeGateway, key: EabKey
) -> None:
    response = gateway.send("GET", DIRECTORY)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=300"
    root = f"https://{HOST}/acme"
    assert response.json() == {
        "newNonce": f"{root}/new-nonce",
        "newAccount": f"{root}/new-account",
        "newOrder": f"{root}/new-order",
        "revokeCert": f"{root}/revoke-cert",
        "keyChange": f"{root}/key-change",
        "renewalInfo": f"{root}/renewal-info",
        "meta": {
            "externalAccountRequired": True,
            "profiles": {"server": "The profile server of this CA"},
        },
    }


def test_terms_website_and_caa_identities_are_in_the_directory_if_the_stack_has_them(
    gateway: AcmeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_ACME_TERMS_URL", "https://example.com/terms")
    monkeypatch.setenv("CERTCTL_ACME_WEBSITE", "https://example.com/")
    monkeypatch.setenv("CERTCTL_ACME_CAA_IDENTITIES", "ca.example.com,ca.example.net")
    assert gateway.send("GET", DIRECTORY).json()["meta"] == {
        "termsOfService": "https://example.com/terms",
        "website": "https://example.com/",
        "caaIdentities": ["ca.example.com", "ca.example.net"],
        "externalAccountRequired": True,
    }


def test_the_urls_have_the_host_name_of_the_stack_whatever_the_request_says(
    gateway: AcmeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_ACME_HOST_NAME", "localhost:8443")
    response = gateway.send("GET", DIRECTORY, headers={"Host": "evil.example.org"})
    assert response.json()["newNonce"] == "https://localhost:8443/acme/new-nonce"


def test_a_head_of_new_nonce_has_200_and_a_get_204_each_with_its_own_nonce(gateway: AcmeGateway) -> None:
    url = DIRECTORY.replace("directory", "new-nonce")
    head, get = gateway.send("HEAD", url), gateway.send("GET", url)
    assert (head.status_code, get.status_code, head.text, get.text) == (200, 204, "", "")
    for response in (head, get):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Link"] == f'<{DIRECTORY}>;rel="index"'
    assert head.headers["Replay-Nonce"] != get.headers["Replay-Nonce"]


def test_directory_and_nonce_can_also_be_read_by_post_as_get(client: RawAcme) -> None:
    assert client.post(client.url("directory")).json()["newNonce"] == client.url("new-nonce")
    assert client.post(client.url("new-nonce")).status_code == 204


@pytest.mark.parametrize("path", ["/", "/acme", "/acme/", "/acme/new-authz", "/acme/acct", "/api/v1/teams"])
def test_a_url_that_is_none_is_a_problem_404(gateway: AcmeGateway, path: str) -> None:
    response = gateway.send("GET", f"https://{HOST}{path}")
    assert (response.status_code, problem(response)) == (404, "malformed")


@pytest.mark.parametrize(
    ("method", "place", "allowed"),
    [
        ("GET", "new-account", "POST"),
        ("PUT", "new-nonce", "GET, HEAD, POST"),
        ("GET", "key-change", "POST"),
        ("OPTIONS", "directory", "GET, HEAD, POST"),
    ],
)
def test_another_method_is_a_problem_405_that_names_the_allowed_ones(
    gateway: AcmeGateway, method: str, place: str, allowed: str
) -> None:
    response = gateway.send(method, f"https://{HOST}/acme/{place}")
    assert (response.status_code, problem(response)) == (405, "malformed")
    assert response.headers["Allow"] == allowed


@pytest.mark.parametrize("media_type", ["application/json", "", "application/jose"])
def test_another_content_type_is_a_problem_415(client: RawAcme, media_type: str) -> None:
    response = client.send(client.kid, {}, {"Content-Type": media_type})
    assert (response.status_code, problem(response)) == (415, "malformed")


def test_a_content_type_with_parameters_is_the_same_one(client: RawAcme) -> None:
    url = client.kid
    body = {"Content-Type": "application/jose+json; charset=utf-8"}
    assert client.send(url, jws(client.key, client.header(url), None), body).status_code == 200


def test_a_body_beyond_128_kib_is_a_problem_413(client: RawAcme) -> None:
    response = client.send(client.kid, b"{" + b" " * (128 << 10) + b"}")
    assert (response.status_code, problem(response)) == (413, "malformed")


@pytest.mark.parametrize("body", [b"", b"[]", b"no JSON", b'{"payload": "", "payload": ""}', b"\xff"])
def test_a_body_that_is_no_jws_is_a_problem_with_a_nonce(client: RawAcme, body: bytes) -> None:
    response = client.send(client.kid, body)
    assert (response.status_code, problem(response)) == (400, "malformed")
    assert response.headers["Replay-Nonce"]
    assert response.headers["Link"] == f'<{DIRECTORY}>;rel="index"'
    assert response.headers["Cache-Control"] == "no-store"


def test_a_store_that_does_not_answer_is_a_problem_503_without_internals(
    stack: Deployed, client: RawAcme, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object, **__: object) -> None:
        raise ConnectTimeoutError(endpoint_url="https://dynamodb.internal")

    monkeypatch.setattr(type(stack.database.client), "_make_api_call", down)
    response = client.gateway.send("POST", client.kid, _signed(client), JOSE)
    assert (response.status_code, problem(response)) == (503, "serverInternal")
    assert response.headers["Retry-After"] == "3"
    assert "internal." not in response.text.replace("serverInternal", "")


def test_an_unexpected_error_is_a_problem_500_without_internals(
    client: RawAcme, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"secret row of {NONCE_KEY}")

    monkeypatch.setattr("certctl.store.acme.accounts.AcmeAccountStore.get", broken)
    response = client.post(client.kid)
    assert (response.status_code, problem(response)) == (500, "serverInternal")
    assert "secret" not in response.text
    assert response.headers["Replay-Nonce"]


def _signed(client: RawAcme) -> bytes:
    return json.dumps(jws(client.key, client.header(client.kid, nonce="AAAA"), None)).encode()
