"""Revocation rows go 30 days after their certificate's end, those of earlier releases too."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import inspect_crl
from certctl.domain.authorities.authorities import Authority, object_key
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.issuing.external_cas import external_ca_id
from certctl.domain.revocation.revocations import Revocation
from certctl.services.revocation.ends import GivenEnds, RevocationEnds
from certctl.store.catalog.records import CatalogStore
from certctl.store.issuing.items import SerialItem
from certctl.store.keys import ca_serial, ca_shard
from certctl.store.revocation.ends import RevocationEndStore
from certctl.store.writes import put
from tests.support.authorities.pki import Pki
from tests.support.catalog.entries import entry, store_entry
from tests.support.clock import Clock


@pytest.fixture
def issuing(pki: Pki) -> Authority:
    return pki.authority().initialize().issuing


def row(pki: Pki, revocation: Revocation) -> dict[str, Any] | None:
    key = {
        "ca_shard": {"S": ca_shard(revocation.ca_id, revocation.crl_shard)},
        "serial": {"S": revocation.serial_number},
    }
    found: dict[str, Any] = pki.database.client.get_item(TableName="revocations", Key=key)
    return found.get("Item")


def end_of(pki: Pki, revocation: Revocation) -> int | None:
    stored = row(pki, revocation)
    assert stored
    return int(stored["delete_after"]["N"]) if "delete_after" in stored else None


def expected(revocation: Revocation) -> int:
    return int((revocation.not_after + timedelta(days=30)).timestamp())


def without_end(pki: Pki, revocation: Revocation) -> Revocation:
    """The revocation as an earlier release stored it."""
    stored = row(pki, revocation)
    assert stored
    stored.pop("delete_after")
    pki.database.client.put_item(TableName="revocations", Item=stored)
    return revocation


def ends(pki: Pki, now: Callable[[], datetime] | None = None) -> RevocationEnds:
    """`now`: for a run that sees two rows at once."""
    if now is None:
        return pki.admin().revocation_ends
    catalog, store = CatalogStore(pki.database), RevocationEndStore(pki.database)
    return RevocationEnds(pki.authorities, catalog, store, now, at_once=2)


def test_a_row_ends_30_days_after_its_certificate(pki: Pki, issuing: Authority) -> None:
    revocation = pki.revoke(issuing, "0a01")
    assert end_of(pki, revocation) == expected(revocation)


def test_rows_of_earlier_releases_get_their_end_once(pki: Pki, issuing: Authority) -> None:
    old = [without_end(pki, pki.revoke(issuing, f"0a{number:02x}")) for number in range(3)]
    new = pki.revoke(issuing, "0b01")
    assert ends(pki).give() == GivenEnds(complete=True, given=3)
    assert [end_of(pki, each) for each in [*old, new]] == [expected(each) for each in [*old, new]]
    without_end(pki, old[0])
    assert ends(pki).give() == GivenEnds(complete=True, given=0), "the shard was seen to its end"


def test_rows_of_external_issuers_get_their_end_too(pki: Pki, issuing: Authority) -> None:
    store_entry(pki.database, entry(Kind.ISSUER, "iss-le", pki.clock()))
    external = pki.revoke(issuing, "0a01", ca_id=external_ca_id("iss-le"))
    without_end(pki, external)
    assert ends(pki).give() == GivenEnds(complete=True, given=1)
    assert end_of(pki, external) == expected(external)


def test_a_run_without_time_is_continued_by_the_next(pki: Pki, issuing: Authority) -> None:
    old = [without_end(pki, pki.revoke(issuing, f"{number:04x}")) for number in range(1, 8)]
    first = ends(pki, _Slow(pki.clock)).give()
    assert not first.complete
    assert 0 < first.given < len(old)
    assert ends(pki).give() == GivenEnds(complete=True, given=len(old) - first.given)
    assert {end_of(pki, each) for each in old} == {expected(each) for each in old}


class _Slow:
    """Each look at the clock takes 12 seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self) -> datetime:
        self._clock.advance(timedelta(seconds=12))
        return self._clock()


def reserve(pki: Pki, revocation: Revocation) -> None:
    item = SerialItem(
        ca_serial=ca_serial(revocation.ca_id, revocation.serial_number),
        spki_sha256="00",
        certificate_id=revocation.certificate_id,
        job_id="job-1",
        crl_shard=0,
        not_after=revocation.not_after,
        state=VersionState.ISSUED,
    )
    pki.database.write(put(item))


@pytest.mark.parametrize(("days", "listed"), [(2, {"0a01"}), (4, set())])
def test_a_crl_drops_a_serial_without_a_row_only_if_its_reservation_says_expired(
    pki: Pki, issuing: Authority, days: int, listed: set[str]
) -> None:
    revocation = pki.revoke(issuing, "0a01", not_after=pki.clock().replace(microsecond=0))
    reserve(pki, revocation)
    pki.publishing().publish_due()
    key = pki.revocations.remove_step(revocation).request["Key"]
    pki.database.client.delete_item(TableName="revocations", Key=key)
    pki.clock.advance(timedelta(days=days))
    run = pki.publishing().publish_due()
    assert bool(run.failed) == bool(listed)
    stored = pki.objects.get(object_key(issuing.crl_url))
    assert stored
    assert inspect_crl(stored.body, load_certificate(issuing.certificate_pem)).serials == listed
