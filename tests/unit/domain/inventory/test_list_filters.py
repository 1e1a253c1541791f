"""Filters of the inventory's lists, and of certificates by renewal, to which the numbers of digests refer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certctl.crypto.inventory.facts import parse
from certctl.domain.inventory.endpoints.damping import Damped
from certctl.domain.inventory.endpoints.endpoints import PUBLIC, Endpoint
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.requests import EndpointFilter
from certctl.domain.inventory.filters import ObservedFilter, SourceFilter
from certctl.domain.inventory.scopes import Scope
from certctl.domain.inventory.sources import Source, SourceKind
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.domain.renewal.urgency import is_renewed_by_hand
from tests.support.agents.fleet import certificate, live
from tests.support.inventory.made import Maker, observed

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize("is_owned", [True, False])
def test_certificates_with_an_owner_or_without_one_are_listed(is_owned: bool) -> None:
    stray = observed(parse(Maker().leaf("www.example.com")))
    owned = replace(stray, owner_id="o-1")
    shown = [ObservedFilter(is_owned=is_owned).matches(each, NOW) for each in (owned, stray)]
    assert shown == [is_owned, not is_owned]
    assert ObservedFilter().matches(owned, NOW)
    assert ObservedFilter().matches(stray, NOW)


def test_endpoints_with_open_findings_are_listed() -> None:
    quiet = Endpoint("ep-1", "www.example.com", 443, PUBLIC, "t-1", "o-1", NOW)
    waiting = replace(quiet, findings=(Damped(Finding.STALE, bad_since=NOW),))
    stale = replace(quiet, findings=(Damped(Finding.STALE, opened_at=NOW),))
    shown = [EndpointFilter(has_findings=True).matches(each) for each in (quiet, waiting, stale)]
    assert shown == [False, False, True]


def test_sources_of_a_team_with_a_silent_scope_are_listed() -> None:
    source = Source("src-1", SourceKind.AGENT, "web-1", "t-1", NOW, ("sc-1", "sc-2"))
    silent = Scope("sc-1", "src-1", "t-1", "files", NOW - 4 * DAY, DAY)
    heard_of = replace(silent, id="sc-2", last_seen_at=NOW)
    wanted = SourceFilter("t-1", is_silent=True)
    assert wanted.matches(source, [silent, heard_of], NOW)
    assert not wanted.matches(source, [heard_of], NOW)
    assert not wanted.matches(replace(source, team_id="t-2"), [silent], NOW)


@pytest.mark.parametrize(
    ("days", "policy", "is_by_hand"),
    [
        (29, RenewalPolicy(), False),
        (20, RenewalPolicy(), True),
        (29, RenewalPolicy(auto_renew=False), True),
        (300, RenewalPolicy(auto_renew=False), True),
        (-1, RenewalPolicy(), True),
    ],
)
def test_a_certificate_is_renewed_by_hand_unless_a_renewal_comes_in_time(
    days: int, policy: RenewalPolicy, is_by_hand: bool
) -> None:
    record = live("mc-1", NOW, NOW + days * DAY)
    assert is_renewed_by_hand(record, {"rp-default": policy}, NOW) == is_by_hand


def test_a_certificate_that_is_not_in_force_is_renewed_by_nobody() -> None:
    assert not is_renewed_by_hand(certificate("mc-1", NOW), {"rp-default": RenewalPolicy()}, NOW)
