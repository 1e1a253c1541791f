"""The references of certificates exist and may be used; an edit applies to the version that was read."""

from dataclasses import replace
from typing import Any

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Issuer
from certctl.domain.kinds import IssuerType
from certctl.domain.policies.profiles import KeyRule
from certctl.domain.policies.usages import KeyAlgorithm
from certctl.store.catalog.records import CatalogStore
from tests.support.api.http import Answer
from tests.support.catalog.entries import a_profile, entry, store_entry, store_referred
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing

NAMES_OF_NOTHING = {
    "owner_id": "o-none",
    "team_id": "t-none",
    "issuer_id": "iss-none",
    "renewal_policy_id": "rp-none",
    "profile_id": "none",
    "target_ids": ["tgt-none", "tgt-other"],
}


def _problems(answer: Answer) -> list[tuple[str, str]]:
    assert answer.status == 422, answer.text
    return [(error["field"], error["message"]) for error in answer.body["errors"]]


def _asked(world: Issuing, **fields: Any) -> Answer:
    return world.api.post(CERTIFICATES, {"common_name": "www.example.com"} | fields)


def _referrers(world: Issuing, kind: Kind, entry_id: str) -> list[str]:
    return CatalogStore(world.stack.database).referrers(kind, entry_id, 10).referrers


def test_everything_that_is_not_there_is_named_at_once(world: Issuing) -> None:
    problems = _problems(_asked(world, **NAMES_OF_NOTHING))
    assert {field for field, _ in problems} == set(NAMES_OF_NOTHING)
    built_in = "there is no profile none; server, mtls, client are built in"
    assert ("profile_id", built_in) in problems
    assert ("target_ids", "there is no target tgt-other") in problems


def test_targets_are_named_once_and_are_twenty_at_most(world: Issuing) -> None:
    assert _problems(_asked(world, target_ids=["tgt-1", "tgt-1"]))[0][0].startswith("target_ids")
    assert _problems(_asked(world, target_ids=[f"tgt-{n}" for n in range(21)]))[0][0] == "target_ids"


def test_a_disabled_issuer_issues_nothing(world: Issuing) -> None:
    now = world.stack.clock()
    store_entry(
        world.stack.database,
        entry(Kind.ISSUER, "iss-off", now, Issuer(IssuerType.GENERIC_CA, {}, enabled=False)),
    )
    assert ("issuer_id", "the issuer iss-off is disabled") in _problems(_asked(world, issuer_id="iss-off"))


def test_owners_and_targets_of_other_teams_are_not_for_an_operator(world: Issuing) -> None:
    database, now = world.stack.database, world.stack.clock()
    store_referred(
        database, now, {"owner_id": "o-theirs", "target_ids": ["tgt-theirs"], "team_id": "t-theirs"}
    )
    operator = world.as_role(Role.OPERATOR, "t-ours")
    theirs = {"owner_id": "o-theirs", "target_ids": ["tgt-theirs"]}

    refused = operator.post(CERTIFICATES, {"common_name": "www.example.com"} | theirs)

    assert _problems(refused) == [
        ("owner_id", "the owner o-theirs is of another team"),
        ("target_ids", "the target tgt-theirs is of another team"),
    ]
    made = operator.post(CERTIFICATES, {"common_name": "www.example.com"})
    assert made.status == 201
    edited = operator.send("PUT", f"{CERTIFICATES}/{made.body['id']}", theirs)
    assert [field for field, _ in _problems(edited)] == ["owner_id", "target_ids"]
    assert _asked(world, **theirs).status == 201


def test_who_uses_a_record_follows_creation_edit_and_archive(world: Issuing) -> None:
    store_referred(world.stack.database, world.stack.clock(), {"target_ids": ["tgt-1", "tgt-2"]})
    certificate = _asked(world, target_ids=["tgt-1"]).body
    by, path = [f"certificate#{certificate['id']}"], f"{CERTIFICATES}/{certificate['id']}"
    assert _referrers(world, Kind.TARGET, "tgt-1") == by
    assert _referrers(world, Kind.PROFILE, "server") == by

    assert world.api.send("PUT", path, {"target_ids": ["tgt-2"]}).status == 200
    assert (_referrers(world, Kind.TARGET, "tgt-1"), _referrers(world, Kind.TARGET, "tgt-2")) == ([], by)

    assert world.api.delete(path).status == 204
    kinds = {Kind.TARGET: "tgt-2", Kind.PROFILE: "server", Kind.RENEWAL_POLICY: "rp-default"}
    assert [_referrers(world, kind, entry_id) for kind, entry_id in kinds.items()] == [[], [], []]


def test_a_profile_limits_keys_and_names_and_says_all_that_it_refuses(world: Issuing) -> None:
    profile = a_profile(
        "strict",
        world.stack.clock(),
        keys=(KeyRule(KeyAlgorithm.ECDSA, (384,)),),
        san_patterns=("*.example.com",),
    )
    store_entry(world.stack.database, profile)
    pem = csr_pem("www.example.com", [], new_key())

    refused = _asked(world, sans=["a.b.example.com"], csr_pem=pem, profile_id="strict")

    assert [field for field, _ in _problems(refused)] == ["sans", "csr_pem"]
    strong = csr_pem("www.example.com", [], new_key("ECDSA-P384"))
    assert _asked(world, csr_pem=strong, profile_id="strict").status == 201


def test_a_lifetime_beyond_the_end_of_the_ca_is_refused_naming_it(world: Issuing) -> None:
    profile = a_profile("long", world.stack.clock())
    long = replace(profile, content=replace(profile.content, max_ttl=profile.content.max_ttl * 20))
    store_entry(world.stack.database, long)
    ((field, message),) = _problems(_asked(world, profile_id="long"))
    assert field == "issuer_id"
    assert message.startswith("the certificate would outlive the CA, which ends 20")


def test_an_edit_is_of_the_version_that_was_read(world: Issuing) -> None:
    certificate_id = _asked(world).body["id"]
    path = f"{CERTIFICATES}/{certificate_id}"
    read = world.api.get(path)
    first = world.api.send("PUT", path, {"name": "first"}, headers={"If-Match": read.headers["ETag"]})
    late = world.api.send("PUT", path, {"name": "late"}, headers={"If-Match": read.headers["ETag"]})
    assert (first.status, first.body["version"]) == (200, read.body["version"] + 1)
    assert (late.status, late.body["type"]) == (409, "urn:certctl:problem:conflict")
    assert world.read(certificate_id)["name"] == "first"
    assert world.api.send("PUT", path, {"name": "any"}, headers={"If-Match": "*"}).status == 200
    assert world.api.send("PUT", path, {"name": "bad"}, headers={"If-Match": "seven"}).status == 422


def test_an_archive_and_a_revocation_are_of_the_version_that_was_read(world: Issuing) -> None:
    certificate = world.issued()
    path = f"{CERTIFICATES}/{certificate['id']}"
    assert world.api.send("DELETE", path, headers={"If-Match": '"1"'}).status == 409
    assert (
        world.api.send("DELETE", path, query={"revoke": "superseded"}, headers={"If-Match": '"1"'}).status
        == 409
    )
    current = f'"{certificate["version"]}"'
    assert (
        world.api.send("DELETE", path, query={"revoke": "superseded"}, headers={"If-Match": current}).status
        == 204
    )
