"""Whose the requests and approvals of service accounts and of users are."""

from typing import Any

import pytest

from certctl.compose.identity_api import IdentityApi
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.sign_in import SignIn
from certctl.domain.access.subjects import Subject, SubjectKind
from certctl.domain.ids import ulid_of
from tests.support.api.http import Answer, Client
from tests.support.catalog.entries import a_profile, store_entry, store_teams
from tests.support.identity.sessions import session_of
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing

KEYS = "/api/v1/api-keys"
OPERATOR: list[dict[str, Any]] = [{"role": "operator", "teams": ["t-default"]}]


class Fleet:
    """Callers are texts of credentials."""

    def __init__(self, world: Issuing) -> None:
        self.stack = world.stack

    def send(self, caller: str, path: str, **body: Any) -> Any:
        answer = self.stack.client("catalog_api", caller).post(f"/api/v1/{path}", body)
        assert answer.status == 201, answer.text
        return answer.body

    def admin(self, owner_id: str | None = None) -> str:
        return self.stack.new_key(Role.ADMIN, owner_id=owner_id)

    def lead(self, owner_id: str | None = None) -> str:
        return self.stack.new_key(Role.TEAM_ADMIN, ["t-default"], owner_id=owner_id)

    def account(self, maker: str, name: str) -> str:
        account_id: str = self.send(maker, "service-accounts", name=name, grants=OPERATOR)["id"]
        return account_id

    def user(self, maker: str, name: str, role: str = "operator", teams: Any = ("t-default",)) -> str:
        user_id: str = self.send(maker, "users", name=name, grants=[{"role": role, "teams": teams}])["id"]
        return user_id

    def key(self, maker: str, account_id: str) -> str:
        text: str = self.send(maker, "api-keys", name="ci", subject_id=account_id)["key"]
        return text

    def signed_in(self, user_id: str, role: Role) -> str:
        """A session as after a sign-in with a provider."""
        subject = Subject(user_id, SubjectKind.USER, ulid_of(user_id), (Grant(role, ("*",)),))
        sign_in = SignIn(self.stack.clock(), "idp-1")
        return IdentityApi(self.stack.overrides).sessions.start(subject, sign_in).text

    def asked(self, caller: str) -> str:
        client = self.stack.client("certificates_api", caller)
        csr = csr_pem("www.example.com", [], new_key())
        body = {"common_name": "www.example.com", "profile_id": "guarded", "csr_pem": csr}
        answer = client.post(CERTIFICATES, body)
        assert answer.status == 201, answer.text
        job_id: str = answer.body["job_id"]
        return job_id

    def approve(self, caller: str, job_id: str) -> Answer:
        return self._jobs(caller).post(f"/api/v1/jobs/{job_id}/approve")

    def _jobs(self, caller: str) -> Client:
        return self.stack.client("insights_api", caller)


@pytest.fixture
def fleet(world: Issuing) -> Fleet:
    now = world.stack.clock()
    store_teams(world.stack.database, now, "t-default")
    guarded = a_profile("guarded", now, requires_approval=True, approvals_required=2)
    store_entry(world.stack.database, guarded)
    return Fleet(world)


def _statuses(fleet: Fleet, job_id: str, approvers: dict[str, str]) -> dict[str, int]:
    return {name: fleet.approve(text, job_id).status for name, text in approvers.items()}


def test_what_a_service_account_asks_for_is_approved_by_nobody_who_made_it_or_its_key(fleet: Fleet) -> None:
    maker, key_maker, other = fleet.lead("o-ann"), fleet.admin("o-eve"), fleet.admin()
    account_id, sibling_id = fleet.account(maker, "ci"), fleet.account(maker, "cd")
    stranger_id = fleet.account(other, "stranger")
    key = fleet.key(key_maker, account_id)
    job_id = fleet.asked(key)
    approvers = {
        "itself": key,
        "another key of the account": fleet.key(other, account_id),
        "the maker of the account": maker,
        "another key of the maker's owner": fleet.lead("o-ann"),
        "the maker of the key": key_maker,
        "another key of the key maker's owner": fleet.admin("o-eve"),
        "another account of the same maker": fleet.key(other, sibling_id),
        "an account whose key is of the same maker": fleet.key(key_maker, stranger_id),
    }

    assert _statuses(fleet, job_id, approvers) == dict.fromkeys(approvers, 403)

    assert fleet.approve(fleet.key(other, stranger_id), job_id).status == 200
    assert fleet.approve(other, job_id).status == 403, "it has approved with its service account"
    assert fleet.approve(fleet.lead("o-tim"), job_id).status == 200


def test_two_service_accounts_of_one_maker_are_one_approval(fleet: Fleet) -> None:
    maker, others = fleet.lead(), [fleet.admin() for _ in range(2)]
    accounts = [fleet.account(maker, name) for name in ("ci", "cd")]
    first, second = (fleet.key(other, each) for other, each in zip(others, accounts, strict=True))
    job_id = fleet.asked(fleet.admin())

    assert [fleet.approve(key, job_id).status for key in (first, second, maker)] == [200, 403, 403]


def test_a_person_is_the_same_in_each_session_and_with_each_key(fleet: Fleet) -> None:
    admin = fleet.admin()
    root = fleet.user(admin, "Root", "admin", "*")
    ann = fleet.user(admin, "Ann")
    session = fleet.signed_in(root, Role.ADMIN)
    anns = fleet.key(session, ann)
    account = fleet.key(session, fleet.account(session, "ci"))
    sessions = {
        "her own session": fleet.signed_in(ann, Role.OPERATOR),
        "another key of hers": fleet.key(admin, ann),
        "a session of that key": session_of(fleet.stack, anns),
        "a later session of who made the key": fleet.signed_in(root, Role.ADMIN),
    }
    asked, also_asked = fleet.asked(anns), fleet.asked(account)

    assert _statuses(fleet, asked, sessions) == dict.fromkeys(sessions, 403)
    assert fleet.approve(fleet.signed_in(root, Role.ADMIN), also_asked).status == 403
    assert fleet.approve(fleet.signed_in(ann, Role.OPERATOR), also_asked).status == 200
    assert fleet.approve(anns, also_asked).status == 403, "she has approved"
