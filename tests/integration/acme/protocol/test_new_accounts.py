"""newAccount: bound to an EAB key (RFC 8555 section 7.3), and who gets no ACME account."""

from datetime import timedelta

import pytest

from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.acme.eab_keys import EabKey
from certctl.domain.acme.statuses import AccountStatus
from certctl.store.access.subjects import SubjectStore
from certctl.store.acme.accounts import AcmeAccountStore
from tests.support.acme.eab_keys import TEAM, EabKeys
from tests.support.acme.gateway import AcmeGateway
from tests.support.acme.raw import RawAcme, binding, new_key, problem
from tests.support.audit.event_parts import stored_events
from tests.support.functions.deployed import Deployed


@pytest.fixture
def newcomer(gateway: AcmeGateway) -> RawAcme:
    return RawAcme(gateway)


def accounts_of(keys: EabKeys, key: EabKey) -> list[AcmeAccount]:
    store = AcmeAccountStore(keys.stack.database)
    return list(store.page_of_key(key.id, None, 100).accounts)


def test_a_bound_account_is_a_credential_of_the_service_account(
    keys: EabKeys, key: EabKey, newcomer: RawAcme
) -> None:
    held = keys.held(key)
    response = newcomer.bind(held.id, held.secret, contact=["mailto:ada@example.com"])
    assert response.status_code == 201
    account = accounts_of(keys, key)[0]
    assert newcomer.kid == newcomer.url("acct", account.id)
    assert response.json() == {
        "status": "valid",
        "contact": ["mailto:ada@example.com"],
        "orders": f"{newcomer.kid}/orders",
    }
    assert (account.service_account_id, account.team_id) == (key.service_account_id, TEAM)
    assert keys.store.places_taken([key.id]).get(key.id, 0) == 1


def test_its_event_names_service_account_and_eab_key_and_no_contact(
    keys: EabKeys, key: EabKey, newcomer: RawAcme
) -> None:
    held = keys.held(key)
    newcomer.bind(held.id, held.secret, contact=["mailto:ada@example.com"])
    account = accounts_of(keys, key)[0]
    event = next(each for each in stored_events() if each["action"] == "acme_account_created")
    assert (event["actor"], event["actor_type"]) == (key.service_account_id, "Service")
    assert (event["resource_type"], event["resource_id"]) == ("acme_account", account.id)
    assert event["team_id"] == TEAM
    assert event["details"]["credential"] == {
        "id": account.id,
        "kind": "acme-account",
        "made_by": key.id,
    }
    assert event["details"]["after"]["thumbprint"] == account.thumbprint
    assert "ada@example.com" not in str(event)


def test_a_known_key_gets_its_account_whatever_its_binding_says(client: RawAcme) -> None:
    url = client.kid
    for payload in ({}, {"onlyReturnExisting": True}, {"externalAccountBinding": "nonsense"}):
        response = client.register(**payload)
        assert (response.status_code, response.headers["Location"]) == (200, url)


def test_an_unknown_key_that_only_looks_for_its_account_is_told_that_there_is_none(newcomer: RawAcme) -> None:
    response = newcomer.register(onlyReturnExisting=True)
    assert (response.status_code, problem(response)) == (400, "accountDoesNotExist")


def test_without_a_binding_there_is_no_account(newcomer: RawAcme, key: EabKey) -> None:
    response = newcomer.register()
    assert (response.status_code, problem(response)) == (403, "externalAccountRequired")


def test_unknown_key_and_wrong_mac_have_one_answer(keys: EabKeys, key: EabKey, newcomer: RawAcme) -> None:
    held, other = keys.held(key), keys.held(keys.made())
    answers = [
        newcomer.bind("eab-00000000000000000000000000", held.secret),
        newcomer.bind("no id", held.secret),
        newcomer.bind(held.id, other.secret),
        newcomer.bind(held.id, keys.held(key, generation=2).secret),
    ]
    assert {problem(each) for each in answers} == {"unauthorized"}
    assert len({each.text for each in answers}) == 1
    assert keys.store.places_taken([key.id]).get(key.id, 0) == 0


def test_an_unknown_eab_id_costs_no_call_of_kms(keys: EabKeys, key: EabKey, newcomer: RawAcme) -> None:
    held, made = keys.held(key), keys.stack.clients["kms"].macs_made
    made.clear()

    response = newcomer.bind("eab-00000000000000000000000000", held.secret)

    assert (response.status_code, made) == (403, [])


def test_a_failed_newcomer_can_try_again(keys: EabKeys, key: EabKey, newcomer: RawAcme) -> None:
    held = keys.held(key)
    newcomer.bind(held.id, keys.held(keys.made()).secret)
    assert newcomer.bind(held.id, held.secret).status_code == 201


def test_a_binding_of_another_key_or_url_binds_nothing(keys: EabKeys, key: EabKey, newcomer: RawAcme) -> None:
    held, url = keys.held(key), newcomer.url("new-account")
    for made in (
        binding(new_key(), held.id, held.secret, url),
        binding(newcomer.key, held.id, held.secret, newcomer.url("key-change")),
        binding(newcomer.key, held.id, held.secret, url, nonce="AAAA"),
        {**binding(newcomer.key, held.id, held.secret, url), "header": {}},
        "a text",
        {},
    ):
        response = newcomer.register(externalAccountBinding=made)
        assert (response.status_code, problem(response)) == (400, "malformed")
    assert accounts_of(keys, key) == []


def test_a_binding_by_a_signature_is_refused_with_the_algorithms_of_macs(
    keys: EabKeys, key: EabKey, newcomer: RawAcme
) -> None:
    held, url = keys.held(key), newcomer.url("new-account")
    for algorithm in ("none", "ES256", "RS256"):
        made = binding(newcomer.key, held.id, held.secret, url, alg=algorithm)
        response = newcomer.register(externalAccountBinding=made)
        assert problem(response) == "badSignatureAlgorithm"
        assert response.json()["algorithms"] == ["HS256", "HS384", "HS512"]


def test_one_binding_serves_one_key_only(keys: EabKeys, key: EabKey, newcomer: RawAcme) -> None:
    """EAB reuse: a binding that was seen is of no use to another key."""
    held, url = keys.held(key), newcomer.url("new-account")
    seen = binding(newcomer.key, held.id, held.secret, url)
    assert newcomer.register(externalAccountBinding=seen).status_code == 201
    thief = RawAcme(newcomer.gateway)
    assert problem(thief.register(externalAccountBinding=seen)) == "malformed"


def test_an_expired_eab_key_makes_no_more_accounts_and_those_it_made_continue(
    stack: Deployed, keys: EabKeys, newcomer: RawAcme
) -> None:
    key = keys.made(expires_at=stack.clock() + timedelta(hours=1))
    client, held = keys.client(key), keys.held(key)
    stack.clock.advance(timedelta(hours=1))
    assert problem(newcomer.bind(held.id, held.secret)) == "unauthorized"
    assert client.post(client.kid).status_code == 200


def test_a_rotated_secret_makes_no_more_accounts(keys: EabKeys, key: EabKey, newcomer: RawAcme) -> None:
    old = keys.held(key)
    new = keys.held(keys.change(key, generation=2))
    assert problem(newcomer.bind(old.id, old.secret)) == "unauthorized"
    assert newcomer.bind(new.id, new.secret).status_code == 201


def test_a_revoked_eab_key_makes_no_more_accounts(
    stack: Deployed, keys: EabKeys, key: EabKey, newcomer: RawAcme
) -> None:
    held = keys.held(key)
    keys.change(key, revoked_at=stack.clock())
    response = newcomer.bind(held.id, held.secret)
    assert (response.status_code, problem(response)) == (403, "unauthorized")
    assert "revoked" in response.json()["detail"]


def test_a_full_eab_key_makes_no_more_accounts_until_one_is_deactivated(
    keys: EabKeys, newcomer: RawAcme
) -> None:
    key = keys.made(max_accounts=1)
    first, held = keys.client(key), keys.held(key)
    response = newcomer.bind(held.id, held.secret)
    assert (response.status_code, problem(response)) == (403, "unauthorized")
    assert first.post(first.kid, {"status": "deactivated"}).status_code == 200
    assert newcomer.bind(held.id, held.secret).status_code == 201


def test_an_eab_key_without_a_limit_makes_any_number(keys: EabKeys) -> None:
    key = keys.made(max_accounts=None)
    for _ in range(12):
        keys.client(key)
    assert keys.store.places_taken([key.id]).get(key.id, 0) == 12


def test_an_eab_key_with_networks_makes_accounts_from_there_alone(
    keys: EabKeys, gateway: AcmeGateway
) -> None:
    key = keys.made(source_cidrs=("10.0.0.0/8", "2001:db8::/32"))
    held = keys.held(key)
    outside, inside = RawAcme(gateway), RawAcme(AcmeGateway(keys.stack, source_ip="10.1.2.3"))
    assert problem(outside.bind(held.id, held.secret)) == "unauthorized"
    assert inside.bind(held.id, held.secret).status_code == 201
    inside.gateway.source_ip = "198.51.100.7"
    assert problem(inside.post(inside.kid)) == "unauthorized"


def test_a_disabled_service_account_gets_no_accounts(
    stack: Deployed, keys: EabKeys, newcomer: RawAcme
) -> None:
    subject = keys.subject()
    held = keys.held(keys.made(subject))
    disable(stack, subject.ulid)
    response = newcomer.bind(held.id, held.secret)
    assert (response.status_code, problem(response)) == (403, "unauthorized")


def disable(stack: Deployed, ulid: str) -> None:
    from dataclasses import replace

    store = SubjectStore(stack.database)
    subject = store.get(ulid)
    assert subject is not None
    stack.database.write(store.put_step(replace(subject, enabled=False)))


@pytest.mark.parametrize(
    ("contacts", "type"),
    [
        (["tel:+1234567"], "unsupportedContact"),
        (["https://example.com"], "unsupportedContact"),
        (["ada@example.com"], "invalidContact"),
        (["mailto:"], "invalidContact"),
        (["mailto:ada@example.com,bob@example.com"], "invalidContact"),
        (["mailto:ada@example.com?subject=hello"], "invalidContact"),
        ([f"mailto:a{n}@example.com" for n in range(11)], "invalidContact"),
        ("mailto:ada@example.com", "malformed"),
        ([1], "malformed"),
    ],
)
def test_contacts_are_mail_addresses(
    keys: EabKeys, key: EabKey, newcomer: RawAcme, contacts: object, type: str
) -> None:
    held = keys.held(key)
    assert problem(newcomer.bind(held.id, held.secret, contact=contacts)) == type


def test_terms_of_service_must_be_agreed_to(
    keys: EabKeys, key: EabKey, newcomer: RawAcme, monkeypatch: pytest.MonkeyPatch
) -> None:
    terms = "https://example.com/terms"
    monkeypatch.setenv("CERTCTL_ACME_TERMS_URL", terms)
    keys.stack.restart()
    held = keys.held(key)
    response = newcomer.bind(held.id, held.secret)
    assert (response.status_code, problem(response)) == (403, "userActionRequired")
    assert response.json()["instance"] == terms
    assert f'<{terms}>;rel="terms-of-service"' in response.headers["Link"]
    agreed = newcomer.bind(held.id, held.secret, termsOfServiceAgreed=True)
    assert agreed.status_code == 201
    assert agreed.json()["termsOfServiceAgreed"] is True


def test_a_new_account_needs_the_key_itself(client: RawAcme) -> None:
    response = client.post(client.url("new-account"), {})
    assert (response.status_code, problem(response)) == (400, "malformed")


def test_null_members_are_as_good_as_none(keys: EabKeys, key: EabKey, newcomer: RawAcme) -> None:
    held = keys.held(key)
    response = newcomer.bind(held.id, held.secret, contact=None, onlyReturnExisting=None)
    assert response.status_code == 201
    assert accounts_of(keys, key)[0].status is AccountStatus.VALID
