import pytest

from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.issuing.acme import AcmeStore
from tests.support.authorities.authorities import CA_URL, an_authority
from tests.support.functions.deployed import Deployed


@pytest.fixture
def authority(stack: Deployed) -> Authority:
    authority = an_authority(stack.clock())
    stack.database.transact(AuthorityStore(stack.database).create_steps(authority, []))
    return authority


def test_health_needs_nothing(stack: Deployed) -> None:
    answer = stack.client("public_api").get("/health")
    assert (answer.status, answer.body) == (200, {"status": "ok"})


def test_the_stack_is_ready_once_it_has_a_ca(stack: Deployed) -> None:
    assert stack.client("public_api").get("/ready").status == 503


def test_a_ca_that_issues_nothing_yet_is_not_ready_and_says_why(
    stack: Deployed, authority: Authority
) -> None:
    answer = stack.client("public_api").get("/ready")
    assert answer.status == 503
    assert "not served at pki.example.com" in answer.body["detail"]


def test_it_is_ready_with_one_that_has_an_open_shard(stack: Deployed) -> None:
    authority = an_authority(stack.clock())
    shard = CrlShard(authority.ca_id, "0", authority.crl_url, open=True)
    stack.database.transact(AuthorityStore(stack.database).create_steps(authority, [shard]))
    assert stack.client("public_api").get("/ready").status == 200


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("*/*", ".crt"),
        ("application/pkix-cert", ".crt"),
        ("application/x-pem-file", ".pem"),
        ("text/html, text/plain;q=0.5", ".pem"),
    ],
)
def test_the_alias_of_a_ca_leads_to_the_form_that_is_accepted(
    stack: Deployed, authority: Authority, accept: str, suffix: str
) -> None:
    answer = stack.client("public_api").send(
        "GET", "/.well-known/pki/ca/iss-local", headers={"Accept": accept}
    )
    assert (answer.status, answer.headers["Location"]) == (302, CA_URL + suffix)


def test_the_alias_of_a_crl_leads_to_the_one_with_all(stack: Deployed, authority: Authority) -> None:
    answer = stack.client("public_api").get("/.well-known/pki/crl/iss-local")
    assert (answer.status, answer.headers["Location"], answer.text) == (302, f"{CA_URL}/all.crl", "")


@pytest.mark.parametrize(
    "path",
    ["/", "/api/v1/unknown", "/.well-known/pki/ca/iss-none", "/.well-known/other", "/api/v2/certificates"],
)
def test_every_unknown_route_is_our_own_404_with_and_without_a_key(stack: Deployed, path: str) -> None:
    stack.admin("public_api")
    for key in (None, stack.admin_key):
        answer = stack.client("public_api", key).get(path)
        assert (answer.status, answer.body["status"]) == (404, 404)
        assert answer.headers["X-Request-ID"] == answer.body["request_id"]


def test_probes_are_not_in_the_trail(stack: Deployed) -> None:
    for path in ("/health", "/ready", "/nothing"):
        stack.client("public_api").get(path)
    trail = stack.admin("insights_api").get("/api/v1/audit", actor="anonymous").body["data"]
    assert [event["resource_id"] for event in trail] == ["/nothing"]


def test_a_token_is_answered_with_its_key_authorization_as_plain_text(stack: Deployed) -> None:
    AcmeStore(stack.database, stack.clock).publish_token(
        "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA", "evaGx.thumbprint"
    )

    answer = stack.client("public_api").get(
        "/.well-known/acme-challenge/evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"
    )

    assert (answer.status, answer.text) == (200, "evaGx.thumbprint")
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("token", ["unknown", "..", "a/b", "%2e%2e", "a" * 257, "acme_account"])
def test_other_tokens_are_not_found(stack: Deployed, token: str) -> None:
    assert stack.client("public_api").get(f"/.well-known/acme-challenge/{token}").status == 404
