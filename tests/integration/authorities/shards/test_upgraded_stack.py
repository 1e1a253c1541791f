"""A stack of an earlier release, with one shard and certificates in use, gets its further shards."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from cryptography import x509

from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import CrlSummary, inspect_crl
from certctl.domain.authorities.authorities import Authority, object_key
from certctl.domain.certificates.certificates import Certificate
from certctl.store.database import Database
from tests.support.authorities.pki import Pki
from tests.support.functions.control_plane import ControlPlane

_ROWS_OF_EARLIER_RELEASES = {"kind", "id", "ca_id", "shard", "url", "open", "crl_number", "etag", "changes"}


@dataclass(frozen=True)
class Stack:
    plane: ControlPlane
    authority: Authority

    def upgraded(self) -> None:
        admin = replace(self.plane.pki, first_shards=16).admin()
        assert len(admin.shard_expansion.expand_due()) == 15
        self.plane.pki.clock.advance(timedelta(seconds=61))

    def cdp_of(self, certificate: Certificate) -> str:
        pem = self.plane.stores.certificates.pem(certificate.id, certificate.serial_number or "")
        assert pem
        leaf = load_certificate(pem.certificate_pem)
        points = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        return str(next(iter(points[0].full_name or ())).value)

    def served(self, url: str) -> CrlSummary:
        stored = self.plane.pki.objects.get(object_key(url))
        assert stored, f"{url} does not answer"
        return inspect_crl(stored.body, load_certificate(self.authority.certificate_pem))


@pytest.fixture
def stack(pki: Pki) -> Stack:
    authority = pki.authority().initialize().issuing
    _as_of_earlier(pki.database, authority)
    return Stack(ControlPlane(pki), authority)


def _as_of_earlier(database: Database, authority: Authority) -> None:
    """The rows of its CRLs without what they did not have."""
    query = {"KeyConditionExpression": "kind = :kind"}
    values = {":kind": {"S": f"crl#{authority.ca_id}"}}
    rows = database.client.query(TableName="state", ExpressionAttributeValues=values, **query)["Items"]
    assert {row["id"]["S"] for row in rows} == {"0", "all"}
    for row in rows:
        times = {"this_update", "next_update"}
        kept = {name: row[name] for name in row.keys() & (_ROWS_OF_EARLIER_RELEASES | times)}
        database.client.put_item(TableName="state", Item=kept)


def test_old_leaves_keep_their_crl_and_new_ones_name_others(stack: Stack) -> None:
    old = [stack.plane.issued(f"old{number}.example.com") for number in range(2)]
    assert {stack.cdp_of(each) for each in old} == {stack.authority.crl_url}
    stack.plane.revoked(old[0].id)
    stack.upgraded()
    new = [stack.plane.issued(f"new{number}.example.com") for number in range(4)]
    for each in [*old, *new]:
        assert stack.served(stack.cdp_of(each)).idp_url == stack.cdp_of(each)
    stack.plane.revoked(old[1].id)
    for each in new:
        stack.plane.revoked(each.id)
    assert stack.plane.pki.publishing().publish_due().failed == []
    for each in [*old, *new]:
        assert each.serial_number in stack.served(stack.cdp_of(each)).serials
    joined = stack.served(stack.authority.all_crl_url or "")
    assert joined.serials == {each.serial_number for each in [*old, *new]}


def test_each_crl_keeps_rising_and_drops_nothing_by_the_upgrade(stack: Stack) -> None:
    revoked = stack.plane.issued()
    stack.plane.revoked(revoked.id)
    stack.plane.pki.publishing().publish_due()
    urls = [stack.authority.crl_url, stack.authority.all_crl_url or ""]
    before = [stack.served(url) for url in urls]
    stack.upgraded()
    for earlier, now in zip(before, map(stack.served, urls), strict=True):
        assert now.number >= earlier.number
        assert now.serials >= earlier.serials


def test_a_signer_that_has_not_looked_since_still_issues_from_the_old_shard(stack: Stack) -> None:
    worker = stack.plane.signing()
    stack.plane.requested("first.example.com")
    stack.plane.work(worker)
    stack.upgraded()
    stack.plane.pki.clock.advance(timedelta(seconds=-30))
    started = stack.plane.requested("second.example.com")
    stack.plane.work(worker)
    second = stack.plane.certificate(started.certificate.id)
    assert stack.cdp_of(second) == stack.authority.crl_url
