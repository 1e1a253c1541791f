"""Weekly digests as maintenance sends them: each once, with what its lists have."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from certctl.compose.rooms.base import Base
from certctl.compose.rooms.digests import DigestFactories
from certctl.compose.rooms.inventory import InventoryFactories
from certctl.connectors.notifiers import eventbridge, webhook
from certctl.crypto.inventory.facts import parse
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Owner, Team
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.eventbridge import bus_of
from certctl.domain.errors import NotFound, Unavailable
from certctl.domain.inventory.endpoints.damping import Damped
from certctl.domain.inventory.endpoints.endpoints import PUBLIC, Endpoint
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.scopes import Scope
from certctl.domain.inventory.sources import Source, SourceKind
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.digests.settings import DigestSetting
from certctl.domain.notifications.notifications import Notification
from certctl.domain.times import to_wire
from certctl.services.notifications.delivery import message_of
from certctl.services.notifications.digests.previews import DigestPreview, DigestPreviews
from certctl.services.notifications.digests.weekly import WeeklyDigests
from certctl.store.catalog.records import CatalogStore
from certctl.store.notifications.digests import DigestLog
from certctl.store.notifications.notifications import NotificationStore
from tests.support.agents.fleet import live, store_certificates
from tests.support.aws.clients import local_aws, new_database
from tests.support.catalog.entries import entry, store_entry
from tests.support.channels.event_schemas import problems_of, undeclared_in
from tests.support.clock import Clock
from tests.support.costs.write_units import metered
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.inventory.made import Maker, observed
from tests.support.notifications.digests import MAIL, MONDAY, weekly_digests
from tests.support.prepared import prepared_pki

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOOK = ChannelConfig("hook", ChannelKind.WEBHOOK, {"url": "https://example.com/hook"})
SLACK = ChannelConfig("slack", ChannelKind.SLACK, {"url": "certctl/test/channels/slack"})


@dataclass
class Week:
    """A stack with the owner Alice and her team Payments, on a Monday at 08:00 UTC."""

    plane: ControlPlane
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.plane.channels = (MAIL, SLACK)
        self.at(MONDAY)
        self.database = self.plane.pki.database
        self.inventory = InventoryFactories(Base(self.plane.overrides))
        self.owner("o-alice", "t-pay", email="alice@example.com")
        self.team("t-pay")

    def at(self, moment: datetime) -> None:
        self.plane.pki.clock.advance(moment - self.now)

    @property
    def now(self) -> datetime:
        return self.plane.pki.clock()

    def owner(self, owner_id: str, team_id: str, **fields: Any) -> None:
        store_entry(self.database, entry(Kind.OWNER, owner_id, self.now, Owner(**fields), team_id))

    def team(self, team_id: str, **fields: Any) -> None:
        store_entry(self.database, entry(Kind.TEAM, team_id, self.now, Team(**fields)))

    def managed(self, name: str, days: float = 3, **fields: Any) -> None:
        whose = {"owner_id": "o-alice", "team_id": "t-pay"}
        made = live(name, self.now, self.now + days * DAY, **whose | fields)
        store_certificates(self.database, [made])

    def found(self, name: str, days: int = 10, **fields: Any) -> None:
        der = Maker().leaf(name, begins=self.now - (90 - days) * DAY)
        fields = {"team_id": "t-pay", "first_seen_at": self.now - DAY, "sightings": 1} | fields
        self.database.write(self.inventory.observed.create_step(observed(parse(der), **fields)))

    def serving(self, host: str, *findings: Finding, team_id: str = "t-pay") -> None:
        raised = tuple(Damped(each, opened_at=self.now - 2 * DAY) for each in findings)
        made = Endpoint(f"ep-{host}", host, 443, PUBLIC, team_id, "o-alice", self.now, findings=raised)
        self.database.transact(self.inventory.endpoints.create_steps(made))

    def source(self, source_id: str, silent_for: timedelta) -> None:
        source = Source(
            source_id, SourceKind.AGENT, "web-1", "t-pay", self.now - 9 * DAY, (f"sc-{source_id}",)
        )
        began = self.now - silent_for
        scope = Scope(f"sc-{source_id}", source_id, "t-pay", "files of web-1", began, DAY)
        self.database.write(self.inventory.sources.create_step(source))
        self.database.write(self.inventory.scopes.create_step(scope))

    @property
    def digests(self) -> WeeklyDigests:
        return self.plane.privileges.within("maintenance_schedule", weekly_digests(self.plane))

    def run(self) -> dict[str, int]:
        return dict(self.digests.run(lambda: True))

    def messages(self) -> list[Notification]:
        """Messages that were not asked for before."""
        ids = [each.id for each in self.plane.notification_nudges if each.id not in self.seen]
        self.seen |= set(ids)
        return sorted(NotificationStore(self.database).get_many(ids), key=lambda row: row.dedup_key)

    def preview(self, kind: Kind, record_id: str, caller: Principal = ADMIN) -> DigestPreview:
        plane, made = self.plane, DigestFactories(self.plane.changes)
        catalog, clock = CatalogStore(self.database), plane.pki.clock
        composed = DigestPreviews(catalog, made.contents, plane.routing, made.dashboard_url, clock)
        previews = plane.privileges.within("notifications_api", composed)
        return previews.preview(caller, kind, record_id)


@pytest.fixture
def week() -> Iterator[Week]:
    with local_aws():
        yield Week(ControlPlane(prepared_pki(new_database(), Clock())))


def _numbers(preview: DigestPreview) -> dict[str, int]:
    return {section.list.value: section.count for section in preview.digest.sections}


def test_an_owner_gets_a_mail_and_the_team_a_message_in_each_of_its_channels(week: Week) -> None:
    week.managed("shop")

    assert week.run()["sent"] == 2

    rows = [(row.channel_id, row.recipient, row.dedup_key) for row in week.messages()]
    assert rows[0] == ("mail", "alice@example.com", "Digest/owner:o-alice/2026-W49")
    assert {each[2] for each in rows[1:]} == {"Digest/team:t-pay/2026-W49"}
    assert sorted(each[:2] for each in rows[1:]) == [("mail", "pki@example.com"), ("slack", "slack")]


def test_channels_that_machines_read_have_the_lists_as_data_and_people_have_text_alone(week: Week) -> None:
    week.plane.channels = (MAIL, SLACK, HOOK)
    week.managed("shop")
    week.found("found.example.com", owner_id="o-alice")
    week.serving("www.example.com", Finding.STALE)

    week.run()

    digests = {row.channel_id: row.digest for row in week.messages() if "team:t-pay" in row.dedup_key}
    assert (digests["mail"], digests["slack"]) == (None, None)
    sent = json.loads(digests["hook"] or "")
    assert (sent["kind"], sent["id"], sent["week"]) == ("team", "t-pay", "2026-W49")
    rows = {each["list"]: each["rows"] for each in sent["sections"]}
    assert [row["name"] for row in rows["expiring"]] == ["shop"]
    assert [(row["id"], row["note"]) for row in rows["endpoints"]] == [("ep-www.example.com", "stale")]
    assert [row["name"] for row in rows["unmanaged"]] == ["found.example.com"]
    preview = week.preview(Kind.TEAM, "t-pay")
    assert [(each["list"], each["count"]) for each in sent["sections"]] == [*_numbers(preview).items()]


def test_receivers_of_webhooks_topics_and_buses_read_the_same_digest(week: Week) -> None:
    week.plane.channels = (HOOK,)
    week.managed("shop")
    week.run()
    (row,) = [each for each in week.messages() if each.channel_id == "hook"]
    message = message_of(row, "")

    entry = eventbridge.entry_of(message, bus_of({"event_bus": "b"}), "certctl.blue", "blue")
    detail = json.loads(entry["Detail"])
    around = {"version": "0", "id": "1", "source": entry["Source"], "account": "1", "resources": []}
    event = around | {"detail-type": entry["DetailType"], "time": to_wire(week.now), "region": "eu-west-1"}

    assert problems_of(event | {"detail": detail}) == []
    assert undeclared_in(event | {"detail": detail}) == set()
    of_webhook = json.loads(webhook.body_of(message))["data"]["digest"]
    assert of_webhook == detail["digest"] == json.loads(row.digest or "")


def test_a_digest_is_sent_once_a_week_and_again_in_the_next(week: Week) -> None:
    week.managed("shop", days=20, renewal_policy_id="rp-none", renewal_error="refused", renewal_failures=1)
    week.run()
    week.messages()

    for hours in (1, 24, 46):
        week.at(MONDAY + hours * HOUR)
        assert "sent" not in week.run()
    week.at(MONDAY + 7 * DAY)
    week.run()

    assert {row.dedup_key.rpartition("/")[2] for row in week.messages()} == {"2026-W50"}


def test_a_run_that_read_the_same_as_another_sends_nothing_twice(
    week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    week.managed("shop")
    late = week.digests
    with monkeypatch.context() as before_the_other:
        before_the_other.setattr(DigestLog, "made", lambda *_: frozenset())
        assert week.run()["sent"] == 2
        first = week.messages()

        assert "sent" not in dict(late.run(lambda: True))

    assert len(first) == 3
    assert week.messages() == []


def test_a_run_that_was_killed_leaves_no_mark_without_a_message_nor_a_message_without_a_mark(
    week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    week.managed("shop")
    with monkeypatch.context() as killed:

        def refuse(*_: object) -> None:
            raise Unavailable("DynamoDB does not answer.")

        killed.setattr(type(week.database), "transact", refuse)
        assert week.run()["errors"] >= 2
    assert week.messages() == []

    assert week.run()["sent"] == 2
    assert len(week.messages()) == 3


def test_what_a_run_has_no_time_for_is_left_to_the_next(week: Week) -> None:
    week.managed("shop")
    left = iter([True, False])
    done = dict(week.digests.run(lambda: next(left)))
    assert sum(done.values()) == 1

    week.run()

    assert sorted({row.dedup_key for row in week.messages()}) == [
        "Digest/owner:o-alice/2026-W49",
        "Digest/team:t-pay/2026-W49",
    ]


def test_with_nothing_to_do_nothing_is_sent(week: Week) -> None:
    week.managed("renews-by-itself", days=29)
    week.serving("shop.example.com")
    week.source("src-1", HOUR)

    assert "sent" not in week.run()
    assert week.messages() == []


def test_owners_and_teams_that_turned_it_off_get_none(week: Week) -> None:
    week.owner("o-bob", "t-quiet", email="bob@example.com", digest=DigestSetting.OFF)
    week.team("t-quiet", digest=DigestSetting.OFF)
    week.managed("shop", owner_id="o-bob", team_id="t-quiet")

    assert "sent" not in week.run()


def test_each_gets_it_at_eight_in_its_own_zone(week: Week) -> None:
    week.owner("o-tokyo", "t-pay", email="tokyo@example.com", time_zone="Asia/Tokyo")
    week.owner("o-lima", "t-pay", email="lima@example.com", time_zone="America/Lima")
    for owner in ("o-tokyo", "o-lima"):
        week.managed(f"shop-{owner}", owner_id=owner, team_id="t-none")

    week.at(MONDAY - 9 * HOUR)
    week.run()
    assert [row.recipient for row in week.messages()] == ["tokyo@example.com"]
    week.at(MONDAY + 5 * HOUR)
    week.run()
    assert "lima@example.com" in [row.recipient for row in week.messages()]


def test_outside_of_the_two_days_nothing_is_read(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    week.at(MONDAY + 3 * DAY)
    digests = week.digests
    monkeypatch.setattr(type(week.database), "query", lambda *_, **__: pytest.fail("a read"))
    assert dict(digests.run(lambda: True)) == {}


def test_what_nobody_owns_is_in_the_default_owners_digest_at_the_default_recipient(week: Week) -> None:
    week.found("stray.example.com")

    week.run()

    (mail,) = [row for row in week.messages() if row.dedup_key.startswith("Digest/owner:o-default")]
    assert (mail.channel_id, mail.recipient) == ("mail", "pki@example.com")
    assert "stray.example.com" in mail.message


def test_the_preview_has_each_list_with_its_number(week: Week) -> None:
    week.managed("shop")
    week.managed("late", days=-2)
    week.managed("long-gone", days=-20)
    week.found("old.example.com", days=-100, owner_id="o-alice")
    week.found("soon.example.com", owner_id="o-alice")
    week.found("far.example.com", days=80, owner_id="o-alice")
    week.serving("shop.example.com", Finding.STALE)
    week.source("src-1", 4 * DAY)

    assert _numbers(week.preview(Kind.TEAM, "t-pay")) == {
        "expiring": 2,
        "unmanaged": 2,
        "endpoints": 1,
        "sources": 1,
    }
    owner = week.preview(Kind.OWNER, "o-alice")
    assert _numbers(owner) == {"expiring": 2, "unmanaged": 2, "endpoints": 1}
    assert (
        "old.example.com: expired on 2026-08-22, near its end or past it when it was found" in owner.text.body
    )
    assert week.messages() == []


def test_a_caller_of_one_team_sees_no_record_of_another_in_a_preview(week: Week) -> None:
    week.managed("ours")
    week.managed("theirs", team_id="t-other")
    week.found("theirs.example.com", owner_id="o-alice", team_id="t-other")
    week.serving("theirs.example.com", Finding.STALE, team_id="t-other")
    caller = Principal("key-pay", Role.VIEWER, ("t-pay",))

    assert _numbers(week.preview(Kind.OWNER, "o-alice", caller)) == {"expiring": 1}
    with pytest.raises(NotFound):
        week.preview(Kind.TEAM, "t-other", caller)


def test_a_stack_without_inventory_has_managed_certificates_only(
    week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_INVENTORY", "false")
    week.managed("shop")
    week.found("found.example.com", owner_id="o-alice")

    assert _numbers(week.preview(Kind.OWNER, "o-alice")) == {"expiring": 1}


def test_a_digest_costs_two_write_units_and_its_messages(week: Week) -> None:
    week.managed("shop")
    with metered(week.database.client) as meter:
        done = week.run()
    rows = len(week.messages())
    assert (done["sent"], rows) == (2, 3)
    assert meter.by_table["state"] == 2 * sum(done.values())
    assert meter.by_table["notifications"] <= 12 * rows, meter.writes
