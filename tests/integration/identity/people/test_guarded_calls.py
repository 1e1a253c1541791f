"""With a provider, what could make an administrator needs a recent sign-in (RFC 9470)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.stack_admin import StackAdmin
from certctl.domain.access.permissions import Role
from certctl.domain.access.sign_in import GuardedOperation
from certctl.domain.audit.events import STACK_ADMIN
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.identity.login_codes import challenge_of
from tests.support.api.http import Answer
from tests.support.catalog.catalog import PATHS, CatalogByHttp, a_body
from tests.support.functions.deployed import Deployed
from tests.support.identity.child_tokens import child_of
from tests.support.identity.sessions import session_of
from tests.support.identity.sign_ins import GUARDED_ROUTES, signed_in, signed_in_as, with_provider

KEYS = "/api/v1/api-keys"
ADMIN = [{"role": "admin", "teams": "*"}]
CONSENT = {"code_challenge": challenge_of("v" * 43), "state": "s"}
CHALLENGE = (
    'Bearer error="insufficient_user_authentication", '
    'error_description="A more recent sign-in is required", max_age="900"'
)


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    body: Mapping[str, Any] | None = None
    folder: str = "catalog_api"

    def by(self, stack: Deployed, credential: str) -> Answer:
        return stack.client(self.folder, credential).send(self.method, self.path, self.body)


@pytest.fixture
def catalog(stack: Deployed) -> CatalogByHttp:
    return CatalogByHttp(stack).with_defaults()


def calls(catalog: CatalogByHttp) -> dict[str, Call]:
    """A call of each guarded route that an administrator may make; records are made by a key before anybody
    signed in."""
    account = catalog.made(Kind.SERVICE_ACCOUNT)
    user = catalog.made(Kind.USER)
    machine = catalog.made(Kind.SERVICE_ACCOUNT, grants=ADMIN)["id"]
    provider = catalog.made(Kind.IDENTITY_PROVIDER)
    rule = catalog.made(Kind.ACCESS_RULE)
    trust = catalog.made(Kind.TRUST_RULE)
    trust_body = a_body(Kind.TRUST_RULE, service_account_id=machine)
    return {
        "create_login_code": Call("POST", "/api/v1/auth/codes", CONSENT, "identity_api"),
        "create_identity_provider": Call(
            "POST",
            PATHS[Kind.IDENTITY_PROVIDER],
            a_body(Kind.IDENTITY_PROVIDER, issuer="https://two.example"),
        ),
        "edit_identity_provider": Call(
            "PUT", catalog.path_of(Kind.IDENTITY_PROVIDER, provider), a_body(Kind.IDENTITY_PROVIDER)
        ),
        "delete_identity_provider": Call("DELETE", catalog.path_of(Kind.IDENTITY_PROVIDER, provider)),
        "create_access_rule": Call("POST", PATHS[Kind.ACCESS_RULE], a_body(Kind.ACCESS_RULE)),
        "edit_access_rule": Call(
            "PUT", catalog.path_of(Kind.ACCESS_RULE, rule), a_body(Kind.ACCESS_RULE, values=["x"])
        ),
        "delete_access_rule": Call("DELETE", catalog.path_of(Kind.ACCESS_RULE, rule)),
        "create_api_key": Call("POST", KEYS, {"name": "theirs", "subject_id": user["id"]}),
        "create_service_account": Call(
            "POST", PATHS[Kind.SERVICE_ACCOUNT], a_body(Kind.SERVICE_ACCOUNT, grants=ADMIN)
        ),
        "edit_service_account": Call(
            "PUT",
            catalog.path_of(Kind.SERVICE_ACCOUNT, account),
            a_body(Kind.SERVICE_ACCOUNT, grants=ADMIN),
        ),
        "create_user": Call("POST", PATHS[Kind.USER], a_body(Kind.USER, grants=ADMIN)),
        "edit_user": Call("PUT", catalog.path_of(Kind.USER, user), a_body(Kind.USER, grants=ADMIN)),
        "create_trust_rule": Call("POST", PATHS[Kind.TRUST_RULE], trust_body),
        "edit_trust_rule": Call(
            "PUT", catalog.path_of(Kind.TRUST_RULE, trust), trust_body | {"name": "edited"}
        ),
    }


def refusal(answer: Answer) -> tuple[int, str, str]:
    return answer.status, answer.body["type"], answer.headers["WWW-Authenticate"]


def test_only_a_recent_sign_in_or_break_glass_makes_guarded_calls(catalog: CatalogByHttp) -> None:
    stack, wanted = catalog.stack, calls(catalog)
    assert wanted.keys() == GUARDED_ROUTES.keys()
    ann = signed_in_as(catalog, Role.ADMIN)
    with_provider(stack)
    key, ours = stack.admin_key, signed_in(stack, ann)
    old = signed_in(stack, ann, timedelta(seconds=901))
    derived = [session_of(stack, key), *(child_of(stack, each, scope="write") for each in (key, ours))]
    challenge = (401, "urn:certctl:problem:sign-in-required", CHALLENGE)
    for name, call in wanted.items():
        assert [refusal(call.by(stack, each)) for each in (key, old)] == [challenge, challenge], name
        makes_no_keys = 403 if name == "create_api_key" else 401
        assert {call.by(stack, each).status for each in derived} == {makes_no_keys}, name
    fresh = signed_in(stack, ann, timedelta(minutes=14))
    done = {name: call.by(stack, fresh) for name, call in wanted.items() if "delete" not in name}
    assert {name: answer.status for name, answer in done.items() if answer.status not in (200, 201)} == {}
    glass = StackAdmin(stack.overrides).break_glass.mint(STACK_ADMIN).text
    assert wanted["delete_access_rule"].by(stack, glass).status == 204
    assert wanted["create_user"].by(stack, glass).status == 201


def test_before_an_administrator_has_signed_in_a_key_makes_them(catalog: CatalogByHttp) -> None:
    wanted = calls(catalog)
    del wanted["create_login_code"]
    statuses = {wanted[name].by(catalog.stack, catalog.stack.admin_key).status for name in wanted}
    assert statuses <= {200, 201, 204, 409}, statuses


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Kind.USER, {"grants": [{"role": "team-admin", "teams": "*"}]}),
        (Kind.SERVICE_ACCOUNT, {"grants": [{"role": "operator", "teams": "*"}]}),
        (Kind.TRUST_RULE, {}),
        (Kind.OWNER, {}),
    ],
)
def test_what_makes_no_administrator_needs_no_sign_in(
    catalog: CatalogByHttp, kind: Kind, fields: dict[str, Any]
) -> None:
    catalog.make_trusted()
    with_provider(catalog.stack)
    answer = catalog.admin.post(PATHS[kind], a_body(kind, **fields))
    assert answer.status == 201, answer.text
    answer = catalog.admin.put(
        catalog.path_of(kind, answer.body), a_body(kind, **fields) | {"name": "another"}
    )
    assert answer.status == 200, answer.text
    assert catalog.admin.delete(catalog.path_of(kind, answer.body)).status == 204


def test_keys_of_a_service_account_need_a_sign_in_if_it_is_an_administrator(catalog: CatalogByHttp) -> None:
    small, great = catalog.made(Kind.SERVICE_ACCOUNT), catalog.made(Kind.SERVICE_ACCOUNT, grants=ADMIN)
    with_provider(catalog.stack)
    assert catalog.admin.post(KEYS, {"name": "k", "subject_id": small["id"]}).status == 201
    assert catalog.admin.post(KEYS, {"name": "k", "subject_id": great["id"], "role": "viewer"}).status == 201
    refused = catalog.admin.post(KEYS, {"name": "k", "subject_id": great["id"]})
    assert (refused.status, refused.body["detail"][:21]) == (401, GuardedOperation.ADMINISTRATORS.value)
    assert catalog.admin.post(KEYS, {"name": "k", "role": "admin", "owner_id": "o-1"}).status == 401
    assert catalog.admin.post(KEYS, {"name": "k", "role": "operator", "owner_id": "o-1"}).status == 201


def test_an_administrator_who_is_enabled_again_is_made_again(catalog: CatalogByHttp) -> None:
    user = catalog.made(Kind.USER, grants=ADMIN)
    with_provider(catalog.stack)
    path, body = catalog.path_of(Kind.USER, user), {"name": user["name"], "grants": ADMIN}
    assert catalog.admin.put(path, body | {"enabled": False}).status == 200
    assert catalog.admin.put(path, body | {"enabled": False, "name": "Ann"}).status == 200
    assert catalog.admin.put(path, body | {"enabled": True}).status == 401


def test_one_by_a_rule_who_gets_a_grant_of_their_own_is_made_for_good(catalog: CatalogByHttp) -> None:
    ann = signed_in_as(catalog, Role.ADMIN, by_rule=True)
    with_provider(catalog.stack)
    path = f"{PATHS[Kind.USER]}/{ann.id}"
    assert catalog.admin.put(path, {"name": "Ann", "grants": []}).status == 200
    assert catalog.admin.put(path, {"name": "Ann", "grants": ADMIN}).status == 401


def test_a_trust_rule_of_an_administrator_is_disabled_without_a_sign_in(catalog: CatalogByHttp) -> None:
    machine = catalog.made(Kind.SERVICE_ACCOUNT, grants=ADMIN)["id"]
    rule = catalog.made(Kind.TRUST_RULE, service_account_id=machine)
    with_provider(catalog.stack)
    path = catalog.path_of(Kind.TRUST_RULE, rule)
    off = a_body(Kind.TRUST_RULE, service_account_id=machine, enabled=False)
    assert catalog.admin.put(path, off).status == 200
    assert catalog.admin.put(path, off | {"enabled": True}).status == 401
    assert catalog.admin.delete(path).status == 204
