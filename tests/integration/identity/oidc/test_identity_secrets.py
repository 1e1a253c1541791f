"""The secret of a provider goes to the issuer that it was first named for, and to no other."""

from typing import Any

from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.identity.identity_providers import IdentityProvider, ProviderType, SignInSettings
from certctl.store.catalog.records import CatalogStore
from certctl.store.channels.secret_bindings import SecretBindingStore
from tests.support.api.http import Answer
from tests.support.identity.sign_in import IDP, PROVIDERS, SECRET, SignIns

ELSEWHERE = "https://evil.example"
OTHER_SECRET = "certctl/blue/identity/other"  # a name


def create(signs: SignIns, provider_id: str, issuer: str, **sign_in: Any) -> Answer:
    body = signs.record | {"id": provider_id, "name": provider_id, "issuer": issuer}
    body["sign_in"] = {**signs.record["sign_in"], **sign_in}
    return signs.stack.admin("catalog_api").post(PROVIDERS, body)


def store_of_an_earlier_release(signs: SignIns, provider_id: str, issuer: str, secret: str) -> None:
    now, database = signs.stack.clock(), signs.stack.database
    content = IdentityProvider(ProviderType.OIDC, issuer, None, SignInSettings("certctl", secret))
    entry = Entry(Kind.IDENTITY_PROVIDER, provider_id, provider_id, content, now, now)
    database.transact(CatalogStore(database).create_steps(entry))


def bound_to(signs: SignIns, secret: str) -> str | None:
    return SecretBindingStore(signs.stack.database).of([secret]).get(secret)


def test_another_issuer_does_not_get_the_secret(signs: SignIns) -> None:
    answer = create(signs, "idp-evil", ELSEWHERE)
    assert answer.status == 422
    (error,) = answer.body["errors"]
    assert error["field"] == "sign_in.client_secret"
    assert error["message"] == f"this secret is for {signs.provider.issuer}: make another one"
    assert create(signs, "idp-twin", signs.provider.issuer).status == 201


def test_an_edit_takes_no_secret_of_another_issuer(signs: SignIns) -> None:
    assert create(signs, "idp-evil", ELSEWHERE, client_secret=OTHER_SECRET).status == 201
    body = signs.record | {"id": "idp-evil", "name": "idp-evil", "issuer": ELSEWHERE}
    assert signs.stack.admin("catalog_api").put(f"{PROVIDERS}/idp-evil", body).status == 422


def test_a_deleted_record_does_not_free_its_secret(signs: SignIns) -> None:
    store_of_an_earlier_release(signs, "idp-old", "https://old.example", OTHER_SECRET)
    admin = signs.stack.admin("catalog_api")
    assert admin.delete(f"{PROVIDERS}/idp-old").status == 204
    assert bound_to(signs, OTHER_SECRET) == "https://old.example"
    assert create(signs, "idp-evil", ELSEWHERE, client_secret=OTHER_SECRET).status == 422


def test_a_record_of_an_earlier_release_counts_before_it_is_saved_again(signs: SignIns) -> None:
    store_of_an_earlier_release(signs, "idp-old", "https://old.example", OTHER_SECRET)
    assert create(signs, "idp-evil", ELSEWHERE, client_secret=OTHER_SECRET).status == 422
    assert bound_to(signs, OTHER_SECRET) is None


def test_records_of_an_earlier_release_that_share_a_secret_can_be_edited(signs: SignIns) -> None:
    store_of_an_earlier_release(signs, "idp-old", "https://old.example", SECRET)
    body = signs.record | {"id": "idp-old", "name": "Old", "issuer": "https://old.example"}
    assert signs.stack.admin("catalog_api").put(f"{PROVIDERS}/idp-old", body).status == 200
    assert bound_to(signs, SECRET) == signs.provider.issuer
    signs.configure(enabled=False)
    assert signs.stack.admin("catalog_api").get(f"{PROVIDERS}/{IDP}").body["sign_in"]["enabled"] is False
