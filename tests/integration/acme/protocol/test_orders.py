"""Orders over HTTP: the PyPI library `acme` gets certificates, and what the documents of orders,
authorizations and challenges say."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from acme import challenges, messages
from acme import client as acme_client
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from josepy.jwa import ES256
from josepy.jwk import JWKEC

from certctl.crypto.pem import load_certificates
from certctl.domain.acme.authorizations import AuthorizationStatus
from certctl.domain.acme.eab_keys import AuthorizationMode, EabKey
from certctl.domain.base64url import to_base64url
from certctl.store.acme.authorizations import AuthorizationStore
from tests.support.acme.eab_keys import EabKeys
from tests.support.acme.gateway import DIRECTORY, AcmeGateway
from tests.support.acme.raw import RawAcme, new_key, problem
from tests.support.catalog.entries import store_referred
from tests.support.functions.deployed import Deployed
from tests.support.issuing.csr import csr_pem
from tests.support.issuing.csr import new_key as leaf_key
from tests.support.issuing.issuing import Issuing, bodies, issuing

NAME = "a.web.example.com"
SOON = datetime.max  # noqa: DTZ901  # the library compares times without zones


@pytest.fixture
def world(stack: Deployed) -> Iterator[Issuing]:
    with issuing(stack) as made:
        referred = {"team_id": "t-web", "owner_id": "o-web"}
        store_referred(stack.database, stack.clock(), referred)
        yield made


@pytest.fixture
def trusted(world: Issuing) -> EabKey:
    return EabKeys(world.stack).made(authorization=AuthorizationMode.TRUSTED)


@pytest.fixture
def challenged(world: Issuing) -> EabKey:
    return EabKeys(world.stack).made()


def client_of(world: Issuing, key: EabKey) -> RawAcme:
    return EabKeys(world.stack).client(key)


def ordered(client: RawAcme, *names: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    wanted = {"identifiers": [{"type": "dns", "value": name} for name in names or (NAME,)], **fields}
    response = client.post(client.url("new-order"), wanted)
    assert response.status_code == 201, response.text
    return response.headers["Location"], response.json()


def csr(*names: str, key: Any = None) -> str:
    pem = csr_pem(names[0], [f"DNS:{name}" for name in names], key or leaf_key())
    return to_base64url(x509.load_pem_x509_csr(pem.encode()).public_bytes(Encoding.DER))


def test_the_acme_library_gets_a_certificate(world: Issuing, trusted: EabKey) -> None:
    own, held = JWKEC(key=new_key()), EabKeys(world.stack).held(trusted)
    net = acme_client.ClientNetwork(own, alg=ES256)
    net.session = AcmeGateway(world.stack).session
    client = acme_client.ClientV2(acme_client.ClientV2.get_directory(DIRECTORY, net), net)
    bound = messages.ExternalAccountBinding.from_data(
        own.public_key(), held.id, held.secret, client.directory
    )
    client.new_account(messages.NewRegistration.from_data(external_account_binding=bound))
    order = client.new_order(csr_pem(NAME, [f"DNS:{NAME}"], leaf_key()).encode())
    assert [each.body.status for each in order.authorizations] == [messages.STATUS_VALID]
    begun = client.begin_finalization(order)
    world.work()
    done = client.poll_finalization(begun, SOON)
    leaf, _ = load_certificates(done.fullchain_pem)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [NAME]
    assert client.renewal_time(done.fullchain_pem.encode())[0] is not None
    client.revoke(leaf, 4)
    with pytest.raises(messages.Error) as again:
        client.revoke(leaf, 4)
    assert again.value.code == "alreadyRevoked"


def test_an_order_shows_its_authorizations_and_how_it_goes_on(world: Issuing, trusted: EabKey) -> None:
    client = client_of(world, trusted)
    url, order = ordered(client, NAME, "b.web.example.com")
    authorization = url.replace("/order/", "/authz/")
    assert order == {
        "status": "ready",
        "expires": order["expires"],
        "identifiers": [{"type": "dns", "value": NAME}, {"type": "dns", "value": "b.web.example.com"}],
        "authorizations": [f"{authorization}/0", f"{authorization}/1"],
        "finalize": f"{url}/finalize",
    }
    assert client.post(url).json() == order
    assert client.post(f"{client.kid}/orders").json() == {"orders": [url]}


def test_a_trusted_authorization_is_valid_with_one_valid_challenge(world: Issuing, trusted: EabKey) -> None:
    client = client_of(world, trusted)
    _, order = ordered(client)
    response = client.post(order["authorizations"][0])
    body = response.json()
    assert (body["status"], body["identifier"]) == ("valid", {"type": "dns", "value": NAME})
    assert [(each["type"], each["status"]) for each in body["challenges"]] == [("dns-01", "valid")]
    read = client.post(body["challenges"][0]["url"])
    assert read.json() == body["challenges"][0]
    assert read.headers["Link"] == (f'<{order["authorizations"][0]}>;rel="up", <{DIRECTORY}>;rel="index"')
    parsed = messages.Authorization.from_json(body)
    assert isinstance(parsed.challenges[0].chall, challenges.DNS01)


def test_a_deactivated_trusted_authorization_ends_its_order(world: Issuing, trusted: EabKey) -> None:
    client = client_of(world, trusted)
    url, order = ordered(client)
    for _ in range(2):
        ended = client.post(order["authorizations"][0], {"status": "deactivated"})
        assert (ended.status_code, ended.json()["status"]) == (200, "deactivated")
    assert client.post(url).json()["status"] == "invalid"
    response = client.post(order["finalize"], {"csr": csr(NAME)})
    assert (response.status_code, problem(response)) == (403, "orderNotReady")


def test_a_finalized_order_has_its_location_and_then_its_certificate(world: Issuing, trusted: EabKey) -> None:
    client = client_of(world, trusted)
    url, order = ordered(client)
    begun = client.post(order["finalize"], {"csr": csr(NAME)})
    assert (begun.status_code, begun.json()["status"]) == (200, "processing")
    assert (begun.headers["Location"], begun.headers["Retry-After"]) == (url, "1")
    world.work()
    done = client.post(url)
    assert done.json()["status"] == "valid"
    chain = client.post(done.json()["certificate"])
    assert chain.headers["Content-Type"] == "application/pem-certificate-chain"
    assert "Link" not in chain.headers
    assert chain.headers["Replay-Nonce"]
    assert chain.text.count("BEGIN CERTIFICATE") == 2


def test_challenges_are_offered_answered_and_nudged(world: Issuing, challenged: EabKey) -> None:
    client = client_of(world, challenged)
    url, order = ordered(client)
    assert order["status"] == "pending"
    place = order["authorizations"][0]
    authorization = client.post(place).json()
    assert authorization["status"] == "pending"
    offered = {each["type"]: each for each in authorization["challenges"]}
    assert sorted(offered) == ["dns-01", "http-01", "tls-alpn-01"]
    assert {each["status"] for each in offered.values()} == {"pending"}
    bodies("acme_validations")
    answered = client.post(offered["http-01"]["url"], {})
    assert (answered.status_code, answered.json()["status"]) == (200, "processing")
    assert answered.headers["Retry-After"] == "1"
    order_id = url.rpartition("/")[2]
    assert bodies("acme_validations") == [{"id": f"{order_id}#0"}]
    row = AuthorizationStore(world.stack.database).get(order_id, 0)
    assert row is not None
    assert (row.status, row.answered, row.account_url) == (
        AuthorizationStatus.PENDING,
        "http-01",
        client.kid,
    )


def test_a_waiting_client_nudges_again_by_reading_authorization_or_challenge(
    world: Issuing, challenged: EabKey
) -> None:
    client = client_of(world, challenged)
    _, order = ordered(client)
    place = order["authorizations"][0]
    challenge = client.post(place).json()["challenges"][0]["url"]
    client.post(challenge, {})
    bodies("acme_validations")
    for url in (place, challenge):
        client.post(url)
        assert len(bodies("acme_validations")) == 1


def test_a_second_answer_changes_nothing_and_another_challenge_is_refused(
    world: Issuing, challenged: EabKey
) -> None:
    client = client_of(world, challenged)
    _, order = ordered(client)
    first, second, _ = client.post(order["authorizations"][0]).json()["challenges"]
    client.post(first["url"], {})
    world.stack.clock.advance(timedelta(seconds=1))
    assert client.post(first["url"], {}).json()["status"] == "processing"
    response = client.post(second["url"], {})
    assert (response.status_code, problem(response)) == (400, "malformed")


def test_a_deactivated_authorization_cannot_be_answered(world: Issuing, challenged: EabKey) -> None:
    client = client_of(world, challenged)
    url, order = ordered(client)
    place = order["authorizations"][0]
    challenge = client.post(place).json()["challenges"][0]["url"]
    assert client.post(place, {"status": "deactivated"}).json()["status"] == "deactivated"
    bodies("acme_validations")
    assert client.post(challenge, {}).status_code == 200
    assert bodies("acme_validations") == []
    assert client.post(url).json()["status"] == "invalid"


def test_no_other_status_of_an_authorization_can_be_set(world: Issuing, challenged: EabKey) -> None:
    client = client_of(world, challenged)
    _, order = ordered(client)
    assert problem(client.post(order["authorizations"][0], {"status": "valid"})) == "malformed"


def test_wildcards_are_shown_as_the_name_that_is_validated(world: Issuing) -> None:
    key = EabKeys(world.stack).made(wildcards=True)
    client = client_of(world, key)
    _, order = ordered(client, "*.web.example.com")
    body = client.post(order["authorizations"][0]).json()
    assert (body["identifier"]["value"], body["wildcard"]) == ("web.example.com", True)
    assert [each["type"] for each in body["challenges"]] == ["dns-01"]


def test_what_is_anothers_or_nobodys_is_404(world: Issuing, challenged: EabKey) -> None:
    client, other = client_of(world, challenged), client_of(world, challenged)
    url, order = ordered(client)
    place = order["authorizations"][0]
    challenge = client.post(place).json()["challenges"][0]["url"]
    cert = url.replace("/order/", "/cert/")
    mine = other.kid.rpartition("/")[2]
    foreign = [url, f"{url}/finalize", place, challenge, cert]
    theirs = client.kid.rpartition("/")[2]
    for each in [*foreign, *(one.replace(theirs, mine) for one in foreign)]:
        response = other.post(each, {"csr": csr(NAME)} if "finalize" in each else None)
        assert (response.status_code, problem(response)) == (404, "malformed"), each
    for missing in (place[:-1] + "1", place[:-1] + "01", f"{challenge}x"):
        assert client.post(missing).status_code == 404


def test_a_payload_where_only_reading_is_allowed_is_refused(world: Issuing, trusted: EabKey) -> None:
    client = client_of(world, trusted)
    url, _ = ordered(client)
    for each in (url, f"{client.kid}/orders", url.replace("/order/", "/cert/")):
        response = client.post(each, {})
        assert (response.status_code, problem(response)) == (400, "malformed")


def test_the_list_of_orders_goes_on_with_a_link(
    world: Issuing, trusted: EabKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certctl.services.acme.accounts._PAGE", 2)
    client = client_of(world, trusted)
    urls = []
    for _ in range(3):
        world.stack.clock.advance(timedelta(seconds=1))
        urls.append(ordered(client)[0])
    first = client.post(f"{client.kid}/orders")
    assert first.json()["orders"] == [urls[2], urls[1]]
    link = first.links["next"]["url"]
    rest = client.post(link)
    assert rest.json()["orders"] == [urls[0]]
    assert problem(client.post(f"{client.kid}/orders?before=x")) == "malformed"


@pytest.mark.parametrize(
    "wanted", [{}, {"identifiers": "a"}, {"identifiers": [], "profile": 1}, {"identifiers": {}}]
)
def test_an_order_of_the_wrong_form_is_malformed(
    world: Issuing, trusted: EabKey, wanted: dict[str, Any]
) -> None:
    client = client_of(world, trusted)
    assert problem(client.post(client.url("new-order"), wanted)) == "malformed"


def test_the_holder_of_a_certificates_key_revokes_it_without_an_account(
    world: Issuing, trusted: EabKey
) -> None:
    client, own = client_of(world, trusted), leaf_key()
    url, order = ordered(client)
    client.post(order["finalize"], {"csr": csr(NAME, key=own)})
    world.work()
    chain = client.post(client.post(url).json()["certificate"]).text
    leaf = to_base64url(load_certificates(chain)[0].public_bytes(Encoding.DER))
    stranger, holder = RawAcme(client.gateway), RawAcme(client.gateway, own)
    place = client.url("revoke-cert")
    refused = stranger.post(place, {"certificate": leaf}, by_key=True)
    assert (refused.status_code, problem(refused)) == (403, "unauthorized")
    assert problem(holder.post(place, {"certificate": leaf, "reason": True}, by_key=True)) == (
        "badRevocationReason"
    )
    assert holder.post(place, {"certificate": leaf, "reason": 1}, by_key=True).status_code == 200
