"""Updates, deactivation and key changes of ACME accounts (RFC 8555 sections 7.3.2 to 7.3.6), by the PyPI
library `acme` where it can send them."""

from dataclasses import replace
from typing import Any

import pytest
from acme import client as acme_client
from acme import errors, messages
from josepy.jwa import ES256
from josepy.jwk import JWK, JWKEC

from certctl.domain.acme.eab_keys import EabKey
from certctl.store.access.subjects import SubjectStore
from certctl.store.acme.accounts import AcmeAccountStore
from tests.support.acme.eab_keys import EabKeys
from tests.support.acme.gateway import DIRECTORY, AcmeGateway
from tests.support.acme.raw import RawAcme, jwk, jws, new_key, problem
from tests.support.audit.event_parts import stored_events


def library(gateway: AcmeGateway, key: JWK) -> acme_client.ClientV2:
    net = acme_client.ClientNetwork(key, alg=ES256)
    net.session = gateway.session
    return acme_client.ClientV2(acme_client.ClientV2.get_directory(DIRECTORY, net), net)


def events(action: str) -> list[dict[str, object]]:
    return [event for event in stored_events() if event["action"] == action]


def test_the_acme_library_registers_updates_looks_up_and_deactivates(
    keys: EabKeys, key: EabKey, gateway: AcmeGateway
) -> None:
    held = keys.held(key)
    own = JWKEC(key=new_key())
    client = library(gateway, own)
    bound = messages.ExternalAccountBinding.from_data(
        own.public_key(), held.id, held.secret, client.directory
    )
    new = messages.NewRegistration.from_data(email="ada@example.com", external_account_binding=bound)
    made = client.new_account(new)
    assert made.body.emails == ("ada@example.com",)
    with pytest.raises(errors.ConflictError) as known:  # how the library says 200
        library(gateway, own).new_account(new)
    assert known.value.location == made.uri
    changed = client.update_registration(
        made, made.body.update(contact=("mailto:bob@example.com", "mailto:eve@example.com"))
    )
    assert changed.body.emails == ("bob@example.com", "eve@example.com")
    assert client.query_registration(changed).body.status == "valid"
    assert client.deactivate_registration(changed).body.status == "deactivated"
    with pytest.raises(messages.Error) as refused:
        client.query_registration(changed)
    assert refused.value.code == "unauthorized"


def test_contacts_can_be_changed_and_left_out_and_are_in_no_event(client: RawAcme) -> None:
    changed = client.post(client.kid, {"contact": ["mailto:bob@example.com"]})
    assert changed.json()["contact"] == ["mailto:bob@example.com"]
    assert client.post(client.kid, {}).json()["contact"] == ["mailto:bob@example.com"]
    assert "contact" not in client.post(client.kid, {"contact": []}).json()
    told = events("acme_account_updated")
    details: list[Any] = [event["details"] for event in told]
    assert [each["changed"] for each in details] == [["contacts"], ["contacts"]]
    assert "bob@example.com" not in str(told)


def test_the_same_contacts_again_write_nothing(client: RawAcme) -> None:
    client.post(client.kid, {"contact": ["mailto:bob@example.com"]})
    client.post(client.kid, {"contact": ["mailto:bob@example.com"]})
    assert len(events("acme_account_updated")) == 1


def test_an_account_changes_60_times_an_hour(client: RawAcme) -> None:
    for number in range(60):
        changed = client.post(client.kid, {"contact": [f"mailto:bob-{number}@example.com"]})
        assert changed.status_code == 200
    refused = client.post(client.kid, {"contact": ["mailto:bob@example.com"]})
    assert (refused.status_code, problem(refused)) == (429, "rateLimited")
    assert client.post(client.kid, {"contact": ["mailto:bob-59@example.com"]}).status_code == 200
    assert len(events("acme_account_updated")) == 60


def test_no_other_status_than_deactivated_can_be_set(client: RawAcme) -> None:
    response = client.post(client.kid, {"status": "revoked"})
    assert (response.status_code, problem(response)) == (400, "malformed")


def test_a_deactivated_account_is_401_everywhere_and_frees_its_place(
    keys: EabKeys, key: EabKey, client: RawAcme
) -> None:
    assert client.post(client.kid, {"status": "deactivated"}).json()["status"] == "deactivated"
    assert keys.store.places_taken([key.id]).get(key.id, 0) == 0
    for response in (
        client.post(client.kid),
        client.post(client.kid, {"status": "deactivated"}),
        client.register(),
        client.register(onlyReturnExisting=True),
    ):
        assert (response.status_code, problem(response)) == (401, "unauthorized")
    assert keys.store.places_taken([key.id]).get(key.id, 0) == 0
    assert len(events("acme_account_deactivated")) == 1


def test_a_changed_key_signs_from_then_on_and_the_old_one_no_more(client: RawAcme) -> None:
    new = new_key()
    response = change_key(client, new)
    assert response.status_code == 200
    assert problem(client.post(client.kid)) == "malformed"
    renewed = RawAcme(client.gateway, new, client.kid)
    assert renewed.post(client.kid).status_code == 200
    assert renewed.register().headers["Location"] == client.kid
    event = events("acme_account_key_changed")[0]
    assert set(event["details"]["after"]) == {"thumbprint", "revision"}  # type: ignore[index]


def test_the_old_key_can_be_another_accounts_afterwards(keys: EabKeys, key: EabKey, client: RawAcme) -> None:
    change_key(client, new_key())
    held, again = keys.held(key), RawAcme(client.gateway, client.key)
    assert again.bind(held.id, held.secret).status_code == 201
    assert again.kid != client.kid


def test_a_key_of_another_account_is_409_with_its_url(keys: EabKeys, key: EabKey, client: RawAcme) -> None:
    other = keys.client(key)
    response = change_key(client, other.key)
    assert (response.status_code, response.headers["Location"]) == (409, other.kid)
    assert problem(response) == "malformed"


def test_a_key_change_that_somebody_else_signed_changes_nothing(client: RawAcme) -> None:
    new, url = new_key(), client.url("key-change")
    change = {"account": client.kid, "oldKey": jwk(client.key)}
    header = {"alg": "ES256", "jwk": jwk(new), "url": url}
    for inner in (
        jws(client.key, header, change),
        jws(new, {**header, "nonce": "AAAA"}, change),
        jws(new, {**header, "url": client.kid}, change),
        jws(new, header, {**change, "account": client.kid[:-1]}),
        jws(new, header, {**change, "oldKey": jwk(new)}),
        {},
    ):
        response = client.post(url, inner)
        assert (response.status_code, problem(response)) == (400, "malformed")
    assert client.post(client.kid).status_code == 200


def test_a_disabled_service_account_locks_its_accounts_out_at_once(
    keys: EabKeys, gateway: AcmeGateway
) -> None:
    subject = keys.subject()
    client = keys.client(keys.made(subject))
    put(keys, replace(subject, enabled=False))
    response = client.post(client.kid)
    assert (response.status_code, problem(response)) == (403, "unauthorized")
    put(keys, subject)
    assert client.post(client.kid).status_code == 200


def test_a_service_account_without_a_role_in_the_team_may_do_nothing(keys: EabKeys) -> None:
    subject = keys.subject()
    client = keys.client(keys.made(subject))
    put(keys, replace(subject, grants=()))
    assert problem(client.post(client.kid)) == "unauthorized"


def put(keys: EabKeys, subject: object) -> None:
    store = SubjectStore(keys.stack.database)
    keys.stack.database.write(store.put_step(subject))  # type: ignore[arg-type]


def test_the_orders_of_a_new_account_are_none(client: RawAcme) -> None:
    response = client.post(f"{client.kid}/orders")
    assert response.json() == {"orders": []}
    assert 'rel="next"' not in response.headers["Link"]


def test_urls_of_another_account_are_404(keys: EabKeys, key: EabKey, client: RawAcme) -> None:
    other = keys.client(key)
    for url in (other.kid, f"{other.kid}/orders", client.url("acct", "acct-unknown")):
        response = client.post(url)
        assert (response.status_code, problem(response)) == (404, "malformed")


def test_account_urls_with_a_former_host_name_are_known(
    client: RawAcme, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = client.kid
    monkeypatch.setenv("CERTCTL_ACME_HOST_NAME", "new.example.net")
    url = former.replace("acme.example.net", "new.example.net")
    assert problem(client.post(url, kid=former)) == "accountDoesNotExist"
    monkeypatch.setenv("CERTCTL_ACME_FORMER_HOST_NAMES", "other.example.net,acme.example.net")
    response = client.post(url, kid=former)
    assert response.json()["orders"] == f"{url}/orders"


def change_key(client: RawAcme, new: object):  # type: ignore[no-untyped-def]
    url = client.url("key-change")
    change = {"account": client.kid, "oldKey": jwk(client.key)}
    inner = jws(new, {"alg": "ES256", "jwk": jwk(new), "url": url}, change)  # type: ignore[arg-type]
    return client.post(url, inner)


def test_the_store_knows_an_account_by_its_new_key_only(keys: EabKeys, client: RawAcme) -> None:
    from certctl.crypto.acme.keys import thumbprint

    new = new_key()
    change_key(client, new)
    store = AcmeAccountStore(keys.stack.database)
    account_id = client.kid.rpartition("/")[2]
    assert store.id_of_key(thumbprint(jwk(new))) == account_id
    assert store.id_of_key(thumbprint(jwk(client.key))) is None
