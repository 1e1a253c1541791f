"""A campaign over certificates of real ACME clients, on the stack that `make run` starts, with a clock that
is moved (libfaketime): certbot looks for renewal windows, Debian's lego does not."""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.acme_clients.certbot import Certbot
from tests.support.acme_clients.lego import Lego
from tests.support.acme_clients.programs import run
from tests.support.acme_clients.sites import Proof
from tests.support.acme_clients.stack_site import StackSite, running_stack
from tests.support.acme_clients.transcripts import traefik
from tests.support.acme_clients.verifying import Leaf, leaf, verified
from tests.support.local.moved_clock import MovedClock, moved_clock
from tests.support.local.stack import wait_for
from tests.support.template import ROOT

# The start of the stack, which the test waits for, has a limit of its own.
pytestmark = [pytest.mark.nightly, pytest.mark.timeout(300, func_only=True)]
_INVOKE = (sys.executable, "local/bootstrap.py", "local.invoke")
_DEADLINE_HOURS = 48
_WINDOW = timedelta(hours=_DEADLINE_HOURS / 4)
_LOOKS_EVERY = timedelta(hours=6, minutes=5)
"""Longer than any Retry-After of renewal information, before which certbot does not ask again."""
_BETWEEN_ROUNDS = timedelta(minutes=2)
"""Moved on at each look: after its first hour a campaign has a round every five minutes."""
_LOOKS = 2
"""The last one is after the window: by then certbot renews, whatever point it draws."""


@dataclass(frozen=True)
class Campaign:
    """A campaign that was confirmed, and the function that five minutes of real time would call later."""

    site: StackSite
    clock: MovedClock
    path: str

    def item(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        (found,) = (
            each
            for each in self.site.stack.listed(f"{self.path}/items")
            if each["certificate_id"] == record["id"]
        )
        return dict(found)

    def missed(self) -> list[str]:
        """Names of certificates whose clients did not renew in their windows."""
        items = self.site.stack.listed(f"{self.path}/items", params={"missed_window": "true"})
        return [each["certificate_name"] for each in items]

    def worked(self, is_done: Callable[[], bool], what: str) -> None:
        """Has the schedule find what is due by the moved clock until the campaign has come so far."""
        directory = self.site.stack.directory
        variables = {"LOCAL_DIR": str(directory), "FUNCTION": "maintenance_schedule"}

        def look() -> bool:
            self.clock.later(_BETWEEN_ROUNDS)
            # as `make invoke`, whose signature has to be of the stack's time
            run([*_INVOKE], ROOT, **variables, **self.clock.environment)
            return is_done()

        wait_for(look, what, 120)

    def verify(self, record: Mapping[str, Any]) -> None:
        answer = self.site.stack.call("POST", f"{self.path}/items/{record['id']}/verify")
        assert answer.status_code == 200, answer.text


@pytest.fixture
def clock(tmp_path: Path) -> MovedClock:
    return moved_clock(tmp_path)


@pytest.fixture
def server(tmp_path: Path, clock: MovedClock) -> Iterator[StackSite]:
    with running_stack(tmp_path, **clock.environment) as running:
        yield running


def confirmed(server: StackSite, clock: MovedClock, *records: Mapping[str, Any]) -> Campaign:
    selection = {"certificate_ids": [record["id"] for record in records]}
    wanted = {"selection": selection, "reason": "superseded", "deadline_hours": _DEADLINE_HOURS}
    answer = server.stack.call("POST", "/api/v1/campaigns", wanted | {"confirm": len(records)})
    assert answer.ok, answer.text
    return Campaign(server, clock, f"/api/v1/campaigns/{answer.json()['id']}")


def window(server: StackSite, chain: Path) -> tuple[datetime, datetime]:
    """What renewal information says to anybody who asks."""
    trusted = str(server.site.trusted)
    directory = requests.get(server.site.directory_url, verify=trusted, timeout=30).json()
    url = f"{directory['renewalInfo']}/{traefik.cert_id(chain.read_text())}"
    said = requests.get(url, verify=trusted, timeout=30).json()["suggestedWindow"]
    return datetime.fromisoformat(said["start"]), datetime.fromisoformat(said["end"])


def renewed(certbot: Certbot, clock: MovedClock) -> Leaf:
    """The new version, once the client's timer has run as often as it needs."""
    for _ in range(_LOOKS):
        clock.later(_LOOKS_EVERY)
        certbot.renew()
        if len(certbot.versions()) > 1:
            break
    return leaf(certbot.versions()[1])


def test_a_campaign_has_certbot_renew_and_lists_lego_as_having_missed_its_window(
    server: StackSite, clock: MovedClock, tmp_path: Path
) -> None:
    (tmp_path / "certbot").mkdir()
    (tmp_path / "lego").mkdir()
    certbot = Certbot(server.site, server.trusted, tmp_path / "certbot", clock.environment)
    lego = Lego(server.site, server.trusted, tmp_path / "lego")
    lineage = certbot.obtain(Proof.TRUSTED, "certbot.trusted.example")
    first = verified(lineage, server.root)
    other = verified(lego.obtain(Proof.TRUSTED, "lego.trusted.example"), server.root)
    (looking,) = server.records(server.trusted, "certbot.trusted.example")
    (blind,) = server.records(server.trusted, "lego.trusted.example")
    certbot.renew()
    assert len(certbot.versions()) == 1
    usual = window(server, lineage.chain)

    campaign = confirmed(server, clock, looking, blind)
    campaign.worked(
        lambda: {campaign.item(each)["state"] for each in (looking, blind)} == {"rekeying"}, "both windows"
    )
    begin, end = window(server, lineage.chain)
    assert end < usual[0]
    assert end - begin == _WINDOW
    assert begin <= clock.now()

    second = renewed(certbot, clock)
    campaign.worked(lambda: campaign.item(looking)["state"] == "deployed", "certbot's new version")
    assert campaign.item(looking)["new_serial_number"] == second.serial != first.serial
    assert [server.status(each) for each in (first, second)] == ["good", "good"]

    campaign.verify(looking)
    campaign.worked(lambda: campaign.item(looking)["state"] == "revoked", "the end of the old version")
    assert [server.status(each) for each in (first, second)] == ["revoked", "good"]

    clock.later(_WINDOW)
    campaign.worked(lambda: campaign.missed() == ["lego.trusted.example"], "lego's window")
    assert campaign.item(blind)["state"] == "rekeying"
    assert server.status(other) == "good"
