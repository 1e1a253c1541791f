from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Agent, Issuer, Owner, Target, Team
from certctl.domain.errors import ChangedMeanwhile, Conflict
from certctl.domain.identity.access_rules import AccessRule
from certctl.domain.identity.accounts import ServiceAccount, User
from certctl.domain.identity.identity_providers import IdentityProvider, ProviderType
from certctl.domain.identity.trust_rules import ClaimRule, TrustRule
from certctl.domain.kinds import IssuerType, TargetType
from certctl.domain.policies.policies import Policy
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.profiles import KeyRule, Profile
from certctl.domain.policies.statuses import PolicySeverity
from certctl.domain.policies.usages import ExtendedKeyUsage, KeyAlgorithm
from certctl.domain.renewal.policies import OnRenewal, RenewalPolicy
from certctl.store.catalog.items import CatalogItem
from certctl.store.catalog.records import CatalogStore, Deleting
from certctl.store.database import Database
from certctl.store.notifications.contacts import Contact, ContactStore
from tests.support.clock import Clock

CONTENTS: dict[Kind, Any] = {
    Kind.ISSUER: Issuer(
        IssuerType.ACME, {"directory_url": "https://ca.example/d", "emails": ["a@b.example"]}
    ),
    Kind.TARGET: Target(
        TargetType.NGINX, {"reload_command": ["nginx", "-s", "reload"]}, "agt-1", enabled=False
    ),
    Kind.OWNER: Owner("pki@example.com"),
    Kind.TEAM: Team("payments", "team@example.com"),
    Kind.POLICY: Policy(PolicyType.ALLOWED_DOMAINS, PolicySeverity.ERROR, {"domains": ["*.example.com"]}),
    Kind.PROFILE: Profile(
        (ExtendedKeyUsage.SERVER_AUTH,),
        max_ttl=timedelta(days=47),
        keys=(KeyRule(KeyAlgorithm.RSA, (3072,)), KeyRule(KeyAlgorithm.ECDSA)),
        san_patterns=("*.example.com",),
        requires_approval=True,
    ),
    Kind.RENEWAL_POLICY: RenewalPolicy(7, False, 5, 600, (3, 1), OnRenewal.REKEY),
    Kind.IDENTITY_PROVIDER: IdentityProvider(
        ProviderType.OIDC, "https://id.example.com", {"keys": [{"kty": "OKP", "kid": "1"}]}
    ),
    Kind.TRUST_RULE: TrustRule(
        "idp-1", "sa-1", (ClaimRule(("kubernetes.io", "namespace"), ("ci", "cd")),), single_use=False
    ),
    Kind.ACCESS_RULE: AccessRule("idp-1", ("groups",), ("pki", "ops"), Role.OPERATOR, ("t-1", "t-2")),
    Kind.SERVICE_ACCOUNT: ServiceAccount((Grant(Role.OPERATOR, ("t-1",)),), "builds", False, 20),
    Kind.USER: User((Grant(Role.VIEWER, ("*",)),), "anna@example.com", enabled=False),
}


def an_entry(
    now: datetime, kind: Kind = Kind.TEAM, entry_id: str = "t-1", name: str = "Payments"
) -> AnyEntry:
    contents = CONTENTS | {Kind.AGENT: Agent("web-1", "key-1", now, version="1.2")}
    return Entry(kind, entry_id, name, contents[kind], now, now, team_id="t-9")


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock().replace(microsecond=0)


@pytest.fixture
def store(database: Database) -> CatalogStore:
    return CatalogStore(database)


def stored(database: Database, store: CatalogStore, *entries: AnyEntry) -> None:
    for entry in entries:
        database.transact(store.create_steps(entry))


@pytest.mark.parametrize("kind", Kind)
def test_a_record_of_each_kind_is_read_as_it_was_written(
    database: Database, store: CatalogStore, now: datetime, kind: Kind
) -> None:
    entry = an_entry(now, kind)
    stored(database, store, entry)
    assert store.get(kind, entry.id) == entry
    assert store.get_many([(kind, entry.id), (kind, "absent")]) == {(kind, entry.id): entry}


def test_a_row_of_another_release_is_read_with_defaults_and_without_what_is_unknown(
    database: Database, store: CatalogStore, now: datetime
) -> None:
    stored(database, store, an_entry(now, Kind.RENEWAL_POLICY, "rp-1"))
    row = CatalogItem.get("renewal-policy", "rp-1")
    row.update([CatalogItem.content.set('{"renewal_window_days":9,"of_the_future":true}')])
    found = store.get(Kind.RENEWAL_POLICY, "rp-1")
    assert found is not None
    assert found.content == RenewalPolicy(renewal_window_days=9)


def test_a_row_that_cannot_be_read_does_not_break_a_list(
    database: Database, store: CatalogStore, now: datetime
) -> None:
    stored(database, store, *(an_entry(now, Kind.POLICY, f"pol-{n}", f"P {n}") for n in range(3)))
    CatalogItem.get("policy", "pol-1").update([CatalogItem.content.set('{"type":"OfTheFuture"}')])
    assert [entry.id for entry in store.page(Kind.POLICY, None, 10).entries] == ["pol-0", "pol-2"]
    assert store.get(Kind.POLICY, "pol-1") is None


def test_names_and_addresses_of_owners_and_teams_are_found_by_alerts(
    database: Database, store: CatalogStore, now: datetime
) -> None:
    stored(database, store, an_entry(now, Kind.OWNER, "o-1"), an_entry(now, Kind.TEAM, "t-1"))
    places = [("owner", "o-1"), ("team", "t-1")]
    assert ContactStore(database).find([*places, ("team", "t-default"), ("owner", "o-gone")]) == {
        ("owner", "o-1"): Contact("Payments", "pki@example.com"),
        ("team", "t-1"): Contact("Payments", "team@example.com"),
        ("team", "t-default"): Contact("Default team"),
        ("owner", "o-gone"): Contact(),
    }


def test_two_records_of_a_kind_cannot_have_one_name_whatever_its_case(
    database: Database, store: CatalogStore, now: datetime
) -> None:
    stored(database, store, an_entry(now), an_entry(now, Kind.OWNER, "o-1"))
    with pytest.raises(Conflict, match="named PAYMENTS already"):
        stored(database, store, an_entry(now, entry_id="t-2", name="PAYMENTS"))
    assert store.get(Kind.TEAM, "t-2") is None


def test_an_id_is_taken_once(database: Database, store: CatalogStore, now: datetime) -> None:
    stored(database, store, an_entry(now))
    with pytest.raises(Conflict, match="a team t-1 already"):
        stored(database, store, an_entry(now, name="Other"))


def test_a_new_name_frees_the_old_one(database: Database, store: CatalogStore, now: datetime) -> None:
    before = an_entry(now)
    stored(database, store, before, an_entry(now, entry_id="t-2", name="Taken"))
    after = replace(before, name="Billing", revision=2)
    database.transact(store.replace_steps(before, after))
    assert store.get(Kind.TEAM, "t-1") == after
    stored(database, store, an_entry(now, entry_id="t-3"))
    with pytest.raises(Conflict, match="named taken already"):
        database.transact(store.replace_steps(after, replace(after, name="taken", revision=3)))


def test_what_was_decided_from_another_revision_is_refused(
    database: Database, store: CatalogStore, now: datetime
) -> None:
    before = an_entry(now)
    stored(database, store, before)
    database.transact(store.replace_steps(before, replace(before, revision=2)))
    with pytest.raises(ChangedMeanwhile):
        database.transact(store.replace_steps(before, replace(before, name="Late", revision=2)))


def test_pages_continue_by_id_and_by_name(database: Database, store: CatalogStore, now: datetime) -> None:
    names = ["Web b", "web a", "WEB c", "Other"]
    stored(database, store, *(an_entry(now, entry_id=f"t-{n}", name=name) for n, name in enumerate(names)))
    first = store.page(Kind.TEAM, None, 3)
    rest = store.page(Kind.TEAM, first.next_after, 3)
    assert [[e.id for e in page.entries] for page in (first, rest)] == [["t-0", "t-1", "t-2"], ["t-3"]]
    assert rest.next_after is None
    named = store.named(Kind.TEAM, "Web", None, 2)
    others = store.named(Kind.TEAM, "Web", named.next_after, 2)
    assert [[e.name for e in page.entries] for page in (named, others)] == [["web a", "Web b"], ["WEB c"]]
    assert others.next_after is None


def test_a_record_is_marked_and_then_removed_with_its_name(
    database: Database, store: CatalogStore, now: datetime
) -> None:
    entry = an_entry(now)
    stored(database, store, entry)
    database.transact(store.mark_steps(entry, now))
    marked = store.get(Kind.TEAM, "t-1")
    assert marked is not None
    assert marked.is_deleting
    assert store.deleting(10) == [Deleting(Kind.TEAM, "t-1", now)]
    database.transact(store.remove_steps(marked))
    assert store.get(Kind.TEAM, "t-1") is None
    assert store.deleting(10) == []
    stored(database, store, an_entry(now, entry_id="t-2"))


def test_a_mark_can_be_taken_back(database: Database, store: CatalogStore, now: datetime) -> None:
    entry = an_entry(now)
    stored(database, store, entry)
    database.transact(store.mark_steps(entry, now))
    marked = store.get(Kind.TEAM, "t-1")
    assert marked is not None
    database.transact(store.unmark_steps(marked, now))
    assert store.get(Kind.TEAM, "t-1") == replace(entry, revision=3)
    assert store.deleting(10) == []


def test_references_are_listed_and_taken_away(database: Database, store: CatalogStore) -> None:
    referring = [f"certificate#mc-{n}" for n in range(3)]
    database.transact([store.refer_step(Kind.TARGET, "tgt-1", r) for r in referring])
    database.transact([store.refer_step(Kind.TARGET, "tgt-1", referring[0])])
    first = store.referrers(Kind.TARGET, "tgt-1", 2)
    assert first.referrers == referring[:2]
    assert store.referrers(Kind.TARGET, "tgt-1", 2, first.next_after).referrers == referring[2:]
    database.transact([store.unrefer_step(Kind.TARGET, "tgt-1", r) for r in referring])
    assert store.referrers(Kind.TARGET, "tgt-1", 2).referrers == []
