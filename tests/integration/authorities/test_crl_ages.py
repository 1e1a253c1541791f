"""How long the published CRLs are still valid, as alarms see it."""

from datetime import timedelta

import pytest

from certctl.domain.authorities.authorities import (
    CRL_VALIDITY,
    FIRST_SHARD,
    ROOT_CRL_VALIDITY,
    AuthorityState,
    CrlShard,
)
from certctl.services.status.crl_ages import CrlAges
from certctl.store.authorities.items import CrlShardItem
from certctl.store.keys import crl_shards
from certctl.store.writes import update
from tests.support.authorities.pki import Pki
from tests.support.aws.clients import REGION
from tests.support.insights.emf import metrics_of

_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def publisher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "certctl")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "crl_publisher")
    monkeypatch.setenv("CERTCTL_STACK", "blue")
    monkeypatch.setenv("AWS_REGION", REGION)


def _measured(pki: Pki, capsys: pytest.CaptureFixture[str]) -> dict[str, timedelta]:
    capsys.readouterr()
    CrlAges(pki.authorities, pki.clock).measure()
    sent = metrics_of(capsys.readouterr().out)
    assert {(s.namespace, s.unit, s.dimensions["service"], s.dimensions["stack"]) for s in sent} == {
        ("certctl", "Seconds", "crl_publisher", "blue")
    }
    return {s.name: timedelta(seconds=s.values[0]) for s in sent}


def test_before_there_is_a_ca_nothing_can_expire(pki: Pki, capsys: pytest.CaptureFixture[str]) -> None:
    assert _measured(pki, capsys) == {
        "CrlSecondsLeft": CRL_VALIDITY,
        "RootCrlSecondsLeft": ROOT_CRL_VALIDITY,
    }


def test_the_crl_that_ends_first_counts(pki: Pki, capsys: pytest.CaptureFixture[str]) -> None:
    pair = pki.authority().initialize()
    pki.publishing().publish_due()
    pki.clock.advance(_DAY)
    pki.publication().publish_now(pair.issuing, FIRST_SHARD)
    left = _measured(pki, capsys)
    assert left["CrlSecondsLeft"] == pytest.approx(CRL_VALIDITY - _DAY, abs=timedelta(minutes=2))
    assert left["RootCrlSecondsLeft"] == pytest.approx(ROOT_CRL_VALIDITY - _DAY, abs=timedelta(minutes=2))


def test_a_ca_at_work_whose_crl_was_never_published_has_no_time_left(
    pki: Pki, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = pki.authority().initialize()
    shard = CrlShardItem(crl_shards(pair.issuing.ca_id), FIRST_SHARD)
    pki.database.write(update(shard, [CrlShardItem.next_update.remove()], CrlShardItem.id.exists()))
    assert _measured(pki, capsys)["CrlSecondsLeft"] == timedelta(0)


def test_a_shard_that_is_being_added_has_promised_nothing_yet(
    pki: Pki, capsys: pytest.CaptureFixture[str]
) -> None:
    issuing = pki.authority().initialize().issuing
    url = issuing.crl_url.replace("/0.crl", "/1.crl")
    pki.authorities.add_shards([CrlShard(issuing.ca_id, "1", url, open=False)])
    assert _measured(pki, capsys)["CrlSecondsLeft"] > CRL_VALIDITY - timedelta(minutes=5)


def test_the_crls_of_a_retired_ca_may_expire(pki: Pki, capsys: pytest.CaptureFixture[str]) -> None:
    pair = pki.authority().initialize()
    pki.publishing().publish_due()
    pki.clock.advance(timedelta(days=4))
    assert _measured(pki, capsys)["CrlSecondsLeft"] < timedelta(0)
    pki.set_state(pair.issuing, AuthorityState.RETIRED)
    assert _measured(pki, capsys)["CrlSecondsLeft"] == CRL_VALIDITY
