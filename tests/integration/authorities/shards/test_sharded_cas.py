"""A stack whose CAs have shards, as releases before stored them, is upgraded: nothing changes for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest

from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import CrlSummary, inspect_crl
from certctl.domain.authorities.authorities import Authority, object_key
from tests.support.authorities.pki import BUCKET, Pki
from tests.support.authorities.sharded import as_stored_before, sharded

_LATER = {"complete", "joins", "joined_changes"}
_NUMBERS = [str(number) for number in range(16)]


@dataclass(frozen=True)
class Upgraded:
    """A CA with 16 shards, two revocations, and rows of the release before; `root` is the CA above it."""

    pki: Pki
    authority: Authority
    root: Authority

    def rows(self) -> Mapping[str, Mapping[str, object]]:
        """The rows about CRLs, by kind and id, as they are stored."""
        found = self.pki.database.client.scan(TableName="state")["Items"]
        return {f"{row['kind']['S']} {row['id']['S']}": row for row in found if _is_of_crl(row)}

    def editions(self) -> int:
        return len(self.pki.s3.list_object_versions(Bucket=BUCKET)["Versions"])

    def publish(self) -> list[str]:
        run = self.pki.publishing().publish_due()
        assert run.failed == []
        return [shard.shard for shard in run.published]

    def crl(self, url: str) -> CrlSummary:
        stored = self.pki.objects.get(object_key(url))
        assert stored
        return inspect_crl(stored.body, load_certificate(self.authority.certificate_pem))

    def crls(self) -> dict[str, CrlSummary]:
        return {
            shard.shard: self.crl(shard.url) for shard in self.pki.authorities.shards(self.authority.ca_id)
        }

    def run_everything(self) -> None:
        """What a deploy and the hour after it run."""
        admin = self.pki.admin()
        admin.cas.certificate_authority.initialize()
        admin.cas.root_publication.keep_up()
        assert admin.cas.shard_expansion.expand_due() == []
        assert self.publish() == []


def _is_of_crl(row: Mapping[str, Mapping[str, object]]) -> bool:
    return str(row["kind"]["S"]).startswith("crl#")


@pytest.fixture
def upgraded(pki: Pki) -> Upgraded:
    authority = sharded(pki)
    pki.revoke(authority, "0a01")
    pki.revoke(authority, "0b01", crl_shard=11)
    assert pki.publishing().publish_due().failed == []
    (root,) = [each for each in pki.authorities.all() if each.role == "root"]
    for each in (authority, root):
        as_stored_before(pki, each.ca_id)
    return Upgraded(pki, authority, root)


def test_no_crl_is_made_and_no_row_changes_by_the_upgrade(upgraded: Upgraded) -> None:
    rows, editions = upgraded.rows(), upgraded.editions()
    assert all(not _LATER & row.keys() for row in rows.values())
    upgraded.run_everything()
    assert (upgraded.rows(), upgraded.editions()) == (rows, editions)


def test_each_crl_keeps_its_scope_when_it_changes(upgraded: Upgraded) -> None:
    before = upgraded.crls()
    upgraded.pki.revoke(upgraded.authority, "0b02", crl_shard=11)
    assert upgraded.publish() == ["11", "all"]
    after = upgraded.crls()
    assert after["11"].number == before["11"].number + 1
    assert after["11"].serials == {"0b01", "0b02"}
    assert after["0"].serials == {"0a01"}
    assert after["all"].serials == {"0a01", "0b01", "0b02"}
    assert [after[number].idp_url for number in _NUMBERS] == [before[number].idp_url for number in _NUMBERS]
    assert after["all"].idp_url is None


def test_each_crl_keeps_its_scope_when_it_is_renewed(upgraded: Upgraded) -> None:
    before = upgraded.crls()
    upgraded.pki.clock.advance(timedelta(hours=18))
    assert sorted(upgraded.publish()) == sorted([*_NUMBERS, "all"])
    after = upgraded.crls()
    folder = upgraded.authority.crl_url.removesuffix("/0.crl")
    assert {number: after[number].idp_url for number in _NUMBERS} == {
        number: f"{folder}/{number}.crl" for number in _NUMBERS
    }
    for shard, crl in after.items():
        assert (crl.number, crl.serials) == (before[shard].number + 1, before[shard].serials)


def test_the_root_keeps_one_crl_without_a_scope(upgraded: Upgraded) -> None:
    upgraded.pki.clock.advance(timedelta(days=15))
    assert upgraded.pki.admin().cas.root_publication.keep_up().published
    stored = upgraded.pki.objects.get(object_key(upgraded.root.crl_url))
    assert stored
    assert inspect_crl(stored.body, load_certificate(upgraded.root.certificate_pem)).idp_url is None


def test_its_number_of_shards_doubles_as_before_and_none_becomes_complete(upgraded: Upgraded) -> None:
    pki, ca_id = upgraded.pki, upgraded.authority.ca_id
    pki.database.client.update_item(
        TableName="state",
        Key={"kind": {"S": f"crl#{ca_id}"}, "id": {"S": "0"}},
        UpdateExpression="SET entries = :many",
        ExpressionAttributeValues={":many": {"N": "160001"}},
    )
    assert len(pki.admin().cas.shard_expansion.expand_due()) == 16
    assert not any(shard.complete for shard in pki.authorities.shards(ca_id))
