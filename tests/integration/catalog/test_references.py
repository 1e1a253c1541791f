"""References between records: a record may refer only to existing ones, and these cannot be deleted."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.compose.stack_admin import StackAdmin
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.subjects import ACCOUNT_KINDS
from certctl.domain.certificates.statuses import Lifecycle
from certctl.services.catalog.deletions import WAIT, CatalogDeletions, DeletionReport
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.catalog.items import CatalogItem, CatalogNameItem, DeletingItem, ReferenceItem
from certctl.store.catalog.records import CatalogStore
from certctl.store.catalog.usage import MOST_COUNTED
from certctl.store.writes import put
from tests.support.agents.fleet import certificate, live, store_certificates
from tests.support.authorities.authorities import an_authority
from tests.support.catalog.catalog import PATHS, CatalogByHttp, a_body

FIELDS = {
    Kind.TARGET: "target_ids",
    Kind.PROFILE: "certificate_profile_id",
    Kind.RENEWAL_POLICY: "renewal_policy_id",
}
_ALLOWED_ISSUERS: dict[str, Any] = {"type": "AllowedIssuers", "severity": "Error"}


def finished(catalog: CatalogByHttp) -> DeletionReport:
    """The result of a run of the maintenance schedule after the wait."""
    catalog.stack.clock.advance(WAIT)
    return deletions(catalog).run(lambda: True)


def deletions(catalog: CatalogByHttp) -> CatalogDeletions:
    return MaintenanceSchedule(catalog.stack.overrides).catalog_deletions


def rows_about(entry_id: str) -> list[str]:
    """Keys of all rows of the catalog that name it."""
    rows: list[Any] = [
        *CatalogItem.scan(),
        *(r for r in ReferenceItem.scan() if r.kind.startswith("ref#")),
        *(r for r in CatalogNameItem.scan() if r.kind.startswith("name#")),
    ]
    texts = [f"{row.kind} {row.id} {getattr(row, 'entry_id', '')}" for row in rows]
    return [text for text in texts if entry_id in text]


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        (Kind.OWNER, {"team_id": "t-none"}, "team_id"),
        (Kind.TARGET, {"team_id": "t-none"}, "team_id"),
        (Kind.TARGET, {"agent_id": "agt-none"}, "agent_id"),
        (Kind.AGENT, {"team_id": "t-none"}, "team_id"),
        (Kind.POLICY, _ALLOWED_ISSUERS | {"config": {"issuer_ids": ["iss-none"]}}, "config.issuer_ids"),
    ],
)
def test_a_record_may_name_only_what_is_there(
    catalog: CatalogByHttp, kind: Kind, fields: dict[str, Any], field: str
) -> None:
    refused = catalog.admin.post(PATHS[kind], a_body(kind, **fields))
    assert refused.status == 422
    (problem,) = refused.body["errors"]
    assert (problem["field"], problem["message"].startswith("there is no ")) == (field, True)


def test_what_is_in_use_is_not_deleted_and_the_answer_counts(catalog: CatalogByHttp) -> None:
    team = catalog.made(Kind.TEAM)
    for kind in (Kind.OWNER, Kind.OWNER, Kind.TARGET):
        catalog.made(kind, team_id=team["id"])
    refused = catalog.admin.delete(catalog.path_of(Kind.TEAM, team))
    assert refused.status == 409
    assert refused.body["detail"] == f"The team {team['id']} is in use by 2 owners, 1 target."
    assert catalog.admin.get(catalog.path_of(Kind.TEAM, team)).status == 200


@pytest.mark.parametrize("state", [AuthorityState.ACTIVE, AuthorityState.RETIRING])
def test_an_issuer_whose_ca_signs_is_not_deleted(catalog: CatalogByHttp, state: AuthorityState) -> None:
    issuer = catalog.made(Kind.ISSUER)
    with_ca(catalog, issuer["id"], state)

    refused = catalog.admin.delete(catalog.path_of(Kind.ISSUER, issuer))

    assert refused.status == 409
    assert refused.body["detail"] == f"The issuer {issuer['id']} is in use by 1 CA."


def test_an_issuer_that_gets_a_ca_during_its_deletion_is_restored(catalog: CatalogByHttp) -> None:
    issuer = catalog.made(Kind.ISSUER)
    path = catalog.path_of(Kind.ISSUER, issuer)
    catalog.admin.delete(path)
    with_ca(catalog, issuer["id"], AuthorityState.ACTIVE)

    assert finished(catalog) == DeletionReport(deleted=0, restored=1)
    assert catalog.admin.get(path).status == 200


def with_ca(catalog: CatalogByHttp, issuer_id: str, state: AuthorityState) -> None:
    made = an_authority(catalog.stack.clock(), issuer_id=issuer_id, state=state)
    catalog.stack.database.transact(AuthorityStore(catalog.stack.database).create_steps(made, []))


def test_an_issuer_that_a_policy_names_stays_until_it_is_named_no_more(catalog: CatalogByHttp) -> None:
    issuer = catalog.made(Kind.ISSUER)
    policy = catalog.made(Kind.POLICY, **_ALLOWED_ISSUERS, config={"issuer_ids": [issuer["id"]]})
    path = catalog.path_of(Kind.ISSUER, issuer)
    assert catalog.admin.delete(path).status == 409
    body = _ALLOWED_ISSUERS | {"name": "n", "config": {"issuer_ids": ["iss-local"]}}
    assert catalog.admin.put(catalog.path_of(Kind.POLICY, policy), body).status == 200
    assert catalog.admin.delete(path).status == 204


@pytest.mark.parametrize("kind", [Kind.OWNER, Kind.TEAM, Kind.ISSUER])
def test_what_a_certificate_names_is_not_deleted(catalog: CatalogByHttp, kind: Kind) -> None:
    record = catalog.made(kind)
    named: dict[str, Any] = {f"{kind}_id": record["id"]}
    store_certificates(catalog.stack.database, [certificate("mc-1", catalog.stack.clock(), **named)])
    refused = catalog.admin.delete(catalog.path_of(kind, record))
    assert (refused.status, "in use by 1 certificate." in refused.body["detail"]) == (409, True)


ENDS_IN = timedelta(days=30)


def held_up(
    catalog: CatalogByHttp, kind: Kind, lifecycle: Lifecycle, ends_in: timedelta = ENDS_IN
) -> tuple[str, str]:
    """The path and the id of a record that a certificate named which has ended since."""
    record, clock = catalog.made(kind), catalog.stack.clock
    field, value = FIELDS.get(kind, f"{kind}_id"), record["id"]
    named: dict[str, Any] = {field: (value,) if kind is Kind.TARGET else value}
    ended = live("mc-1", clock(), clock() + ends_in, lifecycle=lifecycle, **named)
    store_certificates(catalog.stack.database, [ended])
    if kind in (Kind.TARGET, Kind.PROFILE, Kind.RENEWAL_POLICY):
        step = CatalogStore(catalog.stack.database).refer_step(kind, value, "certificate#mc-1")
        catalog.stack.database.transact([step])
    return catalog.path_of(kind, record), value


@pytest.mark.parametrize(
    "kind", [Kind.OWNER, Kind.TEAM, Kind.TARGET, Kind.PROFILE, Kind.RENEWAL_POLICY], ids=str
)
def test_a_revoked_certificate_holds_nothing_up_and_its_references_go(
    catalog: CatalogByHttp, kind: Kind
) -> None:
    path, record_id = held_up(catalog, kind, Lifecycle.REVOKED)
    assert catalog.admin.delete(path).status == 204
    assert finished(catalog) == DeletionReport(deleted=1, restored=0)
    assert rows_about(record_id) == []


@pytest.mark.parametrize(
    ("kind", "lifecycle"),
    [
        (Kind.ISSUER, Lifecycle.REVOKED),
        (Kind.ISSUER, Lifecycle.ARCHIVED),
        (Kind.OWNER, Lifecycle.ARCHIVED),
        (Kind.TEAM, Lifecycle.ARCHIVED),
    ],
    ids=str,
)
def test_who_may_have_to_act_on_an_ended_certificate_stays_until_it_expires(
    catalog: CatalogByHttp, kind: Kind, lifecycle: Lifecycle
) -> None:
    path, _ = held_up(catalog, kind, lifecycle)
    assert catalog.admin.delete(path).status == 409
    catalog.stack.clock.advance(ENDS_IN)
    assert catalog.admin.delete(path).status == 204
    assert finished(catalog) == DeletionReport(deleted=1, restored=0)


def test_a_certificate_on_hold_is_in_use(catalog: CatalogByHttp) -> None:
    path, _ = held_up(catalog, Kind.TARGET, Lifecycle.ON_HOLD)
    assert catalog.admin.delete(path).status == 409


def test_more_ended_certificates_than_are_looked_at_once_refuse_a_deletion_until_it_is_repeated(
    catalog: CatalogByHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certctl.store.catalog.usage.MOST_COUNTED", 2)
    target, clock = catalog.made(Kind.TARGET), catalog.stack.clock
    for number in range(3):
        store_certificates(
            catalog.stack.database, [certificate(f"mc-{number}", clock(), lifecycle=Lifecycle.REVOKED)]
        )
        step = CatalogStore(catalog.stack.database).refer_step(
            Kind.TARGET, target["id"], f"certificate#mc-{number}"
        )
        catalog.stack.database.transact([step])
    path = catalog.path_of(Kind.TARGET, target)
    refused = catalog.admin.delete(path)
    assert (refused.status, "which all have ended" in refused.body["detail"]) == (409, True)
    assert catalog.admin.delete(path).status == 204


def test_a_count_is_bounded(catalog: CatalogByHttp) -> None:
    target = catalog.made(Kind.TARGET)
    store = CatalogStore(catalog.stack.database)
    with ReferenceItem.batch_write() as batch:
        for number in range(MOST_COUNTED + 5):
            batch.save(ReferenceItem(f"ref#target#{target['id']}", f"certificate#mc-{number:04}"))
    refused = catalog.admin.delete(catalog.path_of(Kind.TARGET, target))
    assert (refused.status, "by at least 1,000 certificates" in refused.body["detail"]) == (409, True)
    assert len(store.referrers(Kind.TARGET, target["id"], 5_000).referrers) == MOST_COUNTED + 5


def test_default_records_are_edited_not_deleted(catalog: CatalogByHttp) -> None:
    for kind, entry_id in ((Kind.TEAM, "t-default"), (Kind.PROFILE, "server"), (Kind.ISSUER, "iss-local")):
        refused = catalog.admin.delete(f"{PATHS[kind]}/{entry_id}")
        assert (refused.status, "not deleted" in refused.body["detail"]) == (409, True)
    edited = catalog.admin.put(f"{PATHS[Kind.TEAM]}/t-default", {"name": "Platform"})
    assert (edited.status, edited.body["name"]) == (200, "Platform")


def test_default_records_are_made_once_and_edited_ones_stay(catalog: CatalogByHttp) -> None:
    catalog.admin.put(f"{PATHS[Kind.RENEWAL_POLICY]}/rp-default", {"name": "Ours", "renewal_window_days": 5})
    assert StackAdmin(catalog.stack.overrides).catalog_defaults.make() == []
    kept = catalog.admin.get(f"{PATHS[Kind.RENEWAL_POLICY]}/rp-default").body
    assert (kept["name"], kept["renewal_window_days"]) == ("Ours", 5)


def test_a_default_record_whose_name_is_taken_does_not_fail_the_deployment(catalog: CatalogByHttp) -> None:
    catalog.made(Kind.TEAM, name="Elsewhere")
    CatalogItem("team", "t-default").delete()
    CatalogNameItem("name#team", "default team").update(actions=[CatalogNameItem.entry_id.set("t-other")])
    assert StackAdmin(catalog.stack.overrides).catalog_defaults.make() == []
    found = catalog.stack.cached_catalog.find(Kind.TEAM, "t-default")
    assert found is not None


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.AGENT, *ACCOUNT_KINDS)])
def test_a_deleted_record_goes_after_the_wait_and_leaves_nothing(catalog: CatalogByHttp, kind: Kind) -> None:
    record = catalog.made(kind)
    catalog.admin.delete(catalog.path_of(kind, record))
    assert deletions(catalog).run(lambda: True) == DeletionReport(0, 0)
    assert catalog.admin.post(PATHS[kind], a_body(kind, name=record["name"])).status == 409
    assert finished(catalog) == DeletionReport(deleted=1, restored=0)
    assert rows_about(record["id"]) == []
    assert CatalogStore(catalog.stack.database).deleting(10) == []
    assert catalog.made(kind, name=record["name"], id=record["id"])["version"] == 1


def test_a_record_is_shown_again_if_a_use_of_it_is_found(catalog: CatalogByHttp) -> None:
    team = catalog.made(Kind.TEAM)
    catalog.stack.cached_catalog.find(Kind.TEAM, team["id"])
    catalog.admin.delete(catalog.path_of(Kind.TEAM, team))
    # the book remembers it for a minute
    owner = catalog.made(Kind.OWNER, team_id=team["id"])
    assert finished(catalog) == DeletionReport(deleted=0, restored=1)
    shown = catalog.admin.get(catalog.path_of(Kind.TEAM, team))
    assert (shown.status, shown.body["version"]) == (200, 3)
    query = {"resource_type": "team", "resource_id": team["id"]}
    events = catalog.stack.admin("insights_api").get("/api/v1/audit", **query).body["data"]
    assert events[0]["action"] == "team_restored"
    assert events[0]["details"]["reason"] == "in use by 1 owner"
    assert catalog.admin.get(catalog.path_of(Kind.OWNER, owner)).status == 200


def test_from_a_minute_after_its_deletion_nothing_may_name_it(catalog: CatalogByHttp) -> None:
    team = catalog.made(Kind.TEAM)
    catalog.stack.cached_catalog.find(Kind.TEAM, team["id"])
    catalog.admin.delete(catalog.path_of(Kind.TEAM, team))
    catalog.stack.clock.advance(timedelta(seconds=60))
    assert catalog.admin.post(PATHS[Kind.OWNER], a_body(Kind.OWNER, team_id=team["id"])).status == 422


def test_a_team_goes_with_its_last_owner(catalog: CatalogByHttp) -> None:
    """Deletes everything in the reverse order of its creation, without waiting in between."""
    team = catalog.made(Kind.TEAM)
    owner = catalog.made(Kind.OWNER, team_id=team["id"])
    assert catalog.admin.delete(catalog.path_of(Kind.OWNER, owner)).status == 204
    assert catalog.admin.delete(catalog.path_of(Kind.TEAM, team)).status == 204
    assert finished(catalog) == DeletionReport(deleted=2, restored=0)


def test_a_record_waits_for_those_that_leave_after_it(catalog: CatalogByHttp) -> None:
    team = catalog.made(Kind.TEAM, id="a-team")
    target = catalog.made(Kind.TARGET, team_id=team["id"])
    catalog.admin.delete(catalog.path_of(Kind.TARGET, target))
    catalog.stack.clock.advance(WAIT / 2)
    catalog.admin.delete(catalog.path_of(Kind.TEAM, team))
    catalog.stack.clock.advance(WAIT / 2)
    assert deletions(catalog).run(lambda: True) == DeletionReport(1, 0)
    assert finished(catalog) == DeletionReport(1, 0)


def test_a_mark_without_its_record_goes(catalog: CatalogByHttp) -> None:
    mark = DeletingItem(
        "deleting",
        "team#t-gone",
        entry_kind=Kind.TEAM,
        entry_id="t-gone",
        deleting_since=catalog.stack.clock(),
    )
    catalog.stack.database.write(put(mark))
    assert finished(catalog) == DeletionReport(0, 0)
    assert CatalogStore(catalog.stack.database).deleting(10) == []


def test_a_run_without_time_leaves_the_rest_to_the_next(catalog: CatalogByHttp) -> None:
    record = catalog.made(Kind.TEAM)
    catalog.admin.delete(catalog.path_of(Kind.TEAM, record))
    catalog.stack.clock.advance(WAIT)
    assert deletions(catalog).run(lambda: False) == DeletionReport(0, 0)
    assert finished(catalog) == DeletionReport(1, 0)
