"""Four eyes where people sign in with a provider: a person has a session, and keys from before."""

from dataclasses import replace
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.subjects import Subject
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Owner
from certctl.domain.catalog.subjects import subject_of
from certctl.domain.identity.accounts import User
from certctl.domain.ids import new_id
from tests.support.api.http import Answer
from tests.support.catalog.entries import a_profile, store_entry
from tests.support.identity.accounts import key_of
from tests.support.identity.sign_ins import signed_in, with_provider
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing

MAIL = "ann@corp.example"


@pytest.fixture(autouse=True)
def guarded(world: Issuing) -> None:
    store_entry(world.stack.database, a_profile("guarded", world.stack.clock(), requires_approval=True))


def user(world: Issuing, mail: str | None, *, has_signed_in: bool = True) -> Subject:
    now = world.stack.clock()
    content = User((Grant(Role.OPERATOR, ("t-default",)),), email=mail)
    content = replace(content, verified_at=now, keys_sleep_after_days=7) if has_signed_in else content
    entry = Entry(Kind.USER, new_id("usr", now), new_id("user", now), content, now, now)
    store_entry(world.stack.database, entry)
    subject = subject_of(entry)
    assert subject is not None
    return subject


def owner(world: Issuing, mail: str | None) -> str:
    now = world.stack.clock()
    entry = Entry(Kind.OWNER, new_id("o", now), new_id("owner", now), Owner(mail), now, now, "t-default")
    store_entry(world.stack.database, entry)
    return entry.id


def asked(world: Issuing, credential: str) -> Answer:
    body = {"common_name": "www.example.com", "profile_id": "guarded"}
    body["csr_pem"] = csr_pem("www.example.com", [], new_key())
    return world.stack.client("certificates_api", credential).post(CERTIFICATES, body)


def approved(world: Issuing, credential: str, request: Answer) -> Answer:
    assert request.status == 201, request.text
    path = f"/api/v1/jobs/{request.body['job_id']}/approve"
    return world.stack.client("insights_api", credential).post(path)


def old_key(world: Issuing, owner_id: str | None = None) -> str:
    return world.stack.new_key(Role.OPERATOR, ["t-default"], owner_id=owner_id)


def test_nobody_asks_with_an_owners_key_and_approves_with_a_session(world: Issuing) -> None:
    ann, bob = user(world, "Ann@Corp.example "), user(world, "bob@corp.example")
    with_provider(world.stack)
    request = asked(world, old_key(world, owner(world, MAIL)))
    refused = approved(world, signed_in(world.stack, ann), request)
    assert (refused.status, refused.body["type"]) == (403, "urn:certctl:problem:second-person-required")
    assert "with your mail address" in refused.body["detail"]
    assert approved(world, signed_in(world.stack, bob), request).status == 200


def test_nobody_asks_as_a_user_that_an_administrator_made_and_approves_with_a_session(
    world: Issuing,
) -> None:
    ann, before = user(world, MAIL), user(world, MAIL, has_signed_in=False)
    with_provider(world.stack)
    request = asked(world, key_of(world.stack, before.id))
    assert approved(world, signed_in(world.stack, ann), request).status == 403


def test_nobody_asks_with_a_session_and_approves_with_an_owners_key(world: Issuing) -> None:
    ann = user(world, MAIL)
    with_provider(world.stack)
    request = asked(world, signed_in(world.stack, ann))
    assert approved(world, old_key(world, owner(world, MAIL)), request).status == 403


def test_two_owners_with_the_address_of_their_team_are_two_people(world: Issuing) -> None:
    one, other = (old_key(world, owner(world, "team@corp.example")) for _ in range(2))
    assert approved(world, other, asked(world, one)).status == 200


@pytest.mark.parametrize("owned", [False, True])
def test_with_a_provider_a_key_that_is_nobodys_asks_for_nothing_that_needs_approval(
    world: Issuing, owned: Any
) -> None:
    key = old_key(world, owner(world, None) if owned else None)
    assert asked(world, key).status == 201
    with_provider(world.stack)
    refused = asked(world, key)
    assert (refused.status, refused.body["type"]) == (403, "urn:certctl:problem:forbidden")
    assert "Nobody knows whose key this is" in refused.body["detail"]
    free = world.stack.client("certificates_api", key).post(CERTIFICATES, {"common_name": "a.example.com"})
    assert free.status == 201, free.text
