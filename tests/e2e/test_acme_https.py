"""The ACME server of `make run` by https: a leaf of the stack's own CA, each method and body as from AWS."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.local.stack import LocalStack


@pytest.fixture
def client(local_stack: LocalStack) -> Iterator[requests.Session]:
    """Trusts the stack's root alone, as an ACME client that was given it."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(local_stack.outputs["acme_root"])
        yield session


@pytest.fixture
def directory(local_stack: LocalStack, client: requests.Session) -> dict[str, str]:
    found: dict[str, str] = client.get(local_stack.acme_directory, timeout=30).json()
    return found


def test_a_client_that_trusts_the_root_reads_the_directory_and_its_urls_lead_here(
    local_stack: LocalStack, directory: dict[str, str]
) -> None:
    base = local_stack.acme_directory.removesuffix("/directory")
    assert {url for name, url in directory.items() if name != "meta" and not url.startswith(base)} == set()
    assert directory["newNonce"] == f"{base}/new-nonce"


def test_who_does_not_trust_the_root_does_not_connect(local_stack: LocalStack) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(local_stack.acme_directory, timeout=30)


def test_head_reaches_the_function(client: requests.Session, directory: dict[str, str]) -> None:
    answer = client.head(directory["newNonce"], timeout=30)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Replay-Nonce"]


def test_a_body_that_is_no_jose_json_is_told_so(client: requests.Session, directory: dict[str, str]) -> None:
    answer = client.post(directory["newAccount"], data=b"{}", timeout=30)
    assert answer.status_code == 415
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_a_body_of_jose_json_is_read(client: requests.Session, directory: dict[str, str]) -> None:
    headers = {"Content-Type": "application/jose+json"}
    answer = client.post(directory["newAccount"], data=b'{"not": "a JWS"}', headers=headers, timeout=30)
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:ietf:params:acme:error:malformed"


def test_the_leaf_is_a_record_of_the_stack_and_its_key_is_its_owner_s(local_stack: LocalStack) -> None:
    record = local_stack.get("/api/v1/certificates/local-acme-https")
    assert (record["common_name"], record["status"]) == ("localhost", "Active")
    kept = local_stack.directory / "state" / "live" / "acme_https.pem"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "PRIVATE KEY" not in Path(local_stack.outputs["acme_root"]).read_text()


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
def test_a_web_page_is_refused(
    client: requests.Session, local_stack: LocalStack, headers: dict[str, str]
) -> None:
    assert client.get(local_stack.acme_directory, headers=headers, timeout=30).status_code == 403
