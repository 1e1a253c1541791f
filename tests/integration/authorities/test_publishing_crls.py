"""The content of a CRL and when it is rebuilt (docs/revocation.md#how-crls-are-made), verified by openssl."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from certctl.crypto.issuing.chains import issuing_chain
from certctl.crypto.issuing.issuing import LeafRequest, issue_leaf, new_serial, serial_text
from certctl.crypto.names import San
from certctl.crypto.pem import certificate_pem, load_certificate
from certctl.crypto.status.crl import CrlSummary, inspect_crl
from certctl.domain.authorities.authorities import Authority, CrlShard, object_key
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, NotFound
from certctl.domain.policies.usages import ExtendedKeyUsage
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.authorities.items import CrlShardItem
from certctl.store.keys import crl_shards
from certctl.store.mapping import to_item
from certctl.store.writes import put
from tests.support.authorities.pki import BUCKET, Pki
from tests.support.authorities.sharded import with_one_shard
from tests.support.openssl import openssl, run_openssl


@pytest.fixture
def issuing(pki: Pki) -> Authority:
    return pki.authority().initialize().issuing


def published(pki: Pki, authority: Authority, shard: str = "0") -> CrlSummary:
    return inspect_crl(der_of(pki, authority, shard), load_certificate(authority.certificate_pem))


def der_of(pki: Pki, authority: Authority, shard: str = "0") -> bytes:
    record = pki.authorities.shard(authority.ca_id, shard)
    assert record
    stored = pki.objects.get(object_key(record.url))
    assert stored
    return stored.body


def issue(pki: Pki, authority: Authority) -> x509.Certificate:
    now = pki.clock().replace(microsecond=0)
    request = LeafRequest(
        public_key=ec.generate_private_key(ec.SECP256R1()).public_key(),
        common_name="www.example.com",
        names=(San("DNS", "www.example.com"),),
        extended_key_usages=(ExtendedKeyUsage.SERVER_AUTH,),
        serial=new_serial(),
        not_before=now - timedelta(minutes=5),
        not_after=now + timedelta(days=90),
        crl_url=authority.crl_url,
        issuer_url=authority.certificate_url,
        ocsp_url=None,
    )
    return issue_leaf(request, issuing_chain(authority), pki.keys[authority.key_arn])


def check(pki: Pki, authority: Authority, leaf: x509.Certificate, folder: Path, shard: str = "0") -> str:
    """openssl's verdict on `leaf` by the published CRL."""
    crl, pem, trusted = folder / "crl.pem", folder / "leaf.pem", folder / "ca.pem"
    openssl("crl", "-inform", "DER", "-out", crl, stdin=der_of(pki, authority, shard))
    pem.write_text(certificate_pem(leaf))
    trusted.write_text(authority.certificate_pem + authority.chain_pem)
    verdict = run_openssl("verify", "-crl_check", "-CRLfile", crl, "-CAfile", trusted, pem)
    return (verdict.stdout + verdict.stderr).decode()


@pytest.mark.parametrize("shard", ["0", "all"])
def test_openssl_accepts_a_leaf_until_it_is_revoked(
    pki: Pki, issuing: Authority, tmp_path: Path, shard: str
) -> None:
    leaf = issue(pki, issuing)
    assert check(pki, issuing, leaf, tmp_path, shard).strip().endswith("OK")
    pki.revoke(issuing, serial_text(leaf.serial_number), "keyCompromise")
    pki.publishing().publish_due()
    assert "certificate revoked" in check(pki, issuing, leaf, tmp_path, shard)


def test_openssl_reads_reasons_dates_and_the_distribution_point(pki: Pki, issuing: Authority) -> None:
    with_one_shard(pki, issuing)
    pki.revoke(issuing, "0a01", "unspecified")
    pki.revoke(issuing, "0a02", "privilegeWithdrawn", invalidity_date=pki.clock().replace(microsecond=0))
    pki.publishing().publish_due()
    text = openssl("crl", "-inform", "DER", "-noout", "-text", stdin=der_of(pki, issuing))
    assert f"URI:{issuing.crl_url}" in text
    assert "Only User Certificates" in text
    assert "X509v3 CRL Number: \n                3" in text
    assert text.count("X509v3 CRL Reason Code") == 1
    assert "Privilege Withdrawn" in text
    assert "Invalidity Date" in text


def test_the_complete_crl_and_all_have_every_shard_and_no_distribution_point(
    pki: Pki, issuing: Authority
) -> None:
    closed = CrlShard(issuing.ca_id, "1", issuing.crl_url.replace("/0.crl", "/1.crl"), open=False)
    pki.database.write(put(to_item(CrlShardItem, closed, kind=crl_shards(issuing.ca_id), id="1")))
    pki.revoke(issuing, "0a01")
    pki.revoke(issuing, "0b01", crl_shard=1)
    run = pki.publishing().publish_due()
    assert {shard.shard for shard in run.published} == {"0", "1", "all"}
    for complete in ("0", "all"):
        assert published(pki, issuing, complete).serials == {"0a01", "0b01"}
        assert published(pki, issuing, complete).idp_url is None
    assert published(pki, issuing, "1").serials == {"0b01"}
    assert published(pki, issuing, "1").idp_url == closed.url
    assert published(pki, issuing, "all").serials == {"0a01", "0b01"}
    assert published(pki, issuing, "all").idp_url is None


def test_nothing_is_published_while_nothing_is_due(pki: Pki, issuing: Authority) -> None:
    pki.clock.advance(timedelta(hours=17, minutes=59))
    assert pki.publishing().publish_due().published == []


def test_a_quarter_of_the_validity_makes_it_due(pki: Pki, issuing: Authority) -> None:
    pki.clock.advance(timedelta(hours=18))
    run = pki.publishing().publish_due()
    assert {(s.shard, s.crl_number) for s in run.published} == {("0", 2), ("all", 2)}
    summary = published(pki, issuing)
    assert summary.next_update - summary.this_update == timedelta(hours=72, minutes=5)


def test_a_revocation_makes_only_its_shard_and_all_due_once(pki: Pki, issuing: Authority) -> None:
    pki.revoke(issuing, "0a01")
    assert len(pki.publishing().publish_due().published) == 2
    assert pki.publishing().publish_due().published == []


def test_the_end_of_a_hold_takes_the_serial_out(pki: Pki, issuing: Authority) -> None:
    held = pki.revoke(issuing, "0a01", "certificateHold")
    pki.revoke(issuing, "0a02")
    pki.publishing().publish_due()
    pki.unhold(held)
    assert pki.publishing().publish_due().failed == []
    assert published(pki, issuing).serials == {"0a02"}


def test_a_lost_revocation_row_stops_the_publication(pki: Pki, issuing: Authority) -> None:
    gone = pki.revoke(issuing, "0a01", "keyCompromise")
    pki.publishing().publish_due()
    item = pki.revocations.remove_step(gone).request["Key"]
    pki.database.client.delete_item(TableName="revocations", Key=item)
    pki.clock.advance(timedelta(hours=18))
    run = pki.publishing().publish_due()
    assert [failure.shard for failure in run.failed] == ["0"]
    assert published(pki, issuing, "all").serials == {"0a01"}
    assert "would drop 1 revoked serials, first 0a01" in run.failed[0].reason
    assert published(pki, issuing).serials == {"0a01"}


def test_an_entry_stays_for_one_crl_after_its_certificate_expired(pki: Pki, issuing: Authority) -> None:
    end = pki.clock().replace(microsecond=0) + timedelta(days=10)
    pki.revoke(issuing, "0a01", not_after=end)
    pki.publishing().publish_due()
    pki.clock.time = end + timedelta(hours=72)
    pki.publishing().publish_due()
    assert published(pki, issuing).serials == {"0a01"}
    pki.clock.advance(timedelta(hours=18))
    assert pki.publishing().publish_due().failed == []
    assert published(pki, issuing).serials == set()


def to_the_quarter_hour(pki: Pki) -> None:
    pki.clock.advance(timedelta(minutes=15 - pki.clock().minute % 15))


def test_a_deleted_object_is_published_again_with_a_higher_number(pki: Pki, issuing: Authority) -> None:
    pki.s3.delete_object(Bucket=BUCKET, Key=object_key(issuing.crl_url))
    to_the_quarter_hour(pki)
    run = pki.publishing().publish_due()
    assert [(shard.shard, shard.crl_number) for shard in run.published] == [("0", 2), ("all", 2)]
    assert published(pki, issuing).number == 2


def test_a_broken_object_is_replaced_with_a_higher_number(pki: Pki, issuing: Authority) -> None:
    pki.s3.put_object(Bucket=BUCKET, Key=object_key(issuing.crl_url), Body=b"<html>")
    to_the_quarter_hour(pki)
    pki.publishing().publish_due()
    assert published(pki, issuing).number == 2


def test_objects_are_looked_at_every_quarter_of_an_hour_and_on_request(pki: Pki, issuing: Authority) -> None:
    to_the_quarter_hour(pki)
    pki.clock.advance(timedelta(minutes=1))
    pki.s3.delete_object(Bucket=BUCKET, Key=object_key(issuing.crl_url))
    assert pki.publishing().publish_due().published == []
    assert [s.shard for s in pki.publishing().publish_due_of(issuing.ca_id).published] == ["0", "all"]


def test_tables_that_went_back_in_time_stop_the_publication_whatever_they_lost(
    pki: Pki, issuing: Authority
) -> None:
    older = pki.authorities.shard(issuing.ca_id, "0")
    assert older
    for serial in ("0a01", "0a02"):
        pki.revoke(issuing, serial)
        pki.publishing().publish_due()
    pki.database.write(put(to_item(CrlShardItem, older, kind=crl_shards(issuing.ca_id), id="0")))
    (failure,) = pki.publishing().publish_due().failed
    assert "stack_admin with the action restore" in failure.reason
    assert published(pki, issuing).number == 3
    pki.authorities.announce(older, 3)
    pki.publishing().publish_due()
    assert published(pki, issuing).number == 4


def test_an_announced_number_is_not_used_again_even_if_its_crl_is_gone(pki: Pki, issuing: Authority) -> None:
    """A publisher put it and stopped before its record; then somebody deleted the object. To announce the
    next CRL counts as having published it."""
    (shard,) = (s for s in pki.authorities.shards(issuing.ca_id) if s.shard == "0")
    pki.authorities.announce(shard, shard.crl_number + 1)
    pki.s3.delete_object(Bucket=BUCKET, Key=object_key(shard.url))

    pki.publishing().publish_due_of(issuing.ca_id)

    assert published(pki, issuing).number == shard.crl_number + 2


def test_a_number_is_announced_by_one_publisher_only(pki: Pki, issuing: Authority) -> None:
    (shard,) = (s for s in pki.authorities.shards(issuing.ca_id) if s.shard == "0")
    pki.authorities.announce(shard, 7)
    with pytest.raises(Conflict, match="another publisher's"):
        pki.authorities.announce(shard, 7)


def test_a_retiring_ca_continues_and_a_retired_one_stops(pki: Pki, issuing: Authority) -> None:
    pki.set_state(issuing, AuthorityState.RETIRING)
    pki.revoke(issuing, "0a01")
    assert len(pki.publishing().publish_due().published) == 2
    pki.set_state(issuing, AuthorityState.RETIRED)
    pki.revoke(issuing, "0a02")
    assert pki.publishing().publish_due().published == []


def test_the_publisher_leaves_the_root_alone(pki: Pki, issuing: Authority) -> None:
    assert issuing.parent_id
    with pytest.raises(NotFound):
        pki.publishing().publish_due_of(issuing.parent_id)
    del pki.keys["arn:root"]
    pki.clock.advance(timedelta(days=50))
    assert pki.publishing().publish_due().failed == []


def test_a_ca_that_signs_with_another_key_publishes_nothing(pki: Pki, issuing: Authority) -> None:
    pki.keys["arn:issuing"] = pki.keys["arn:root"]
    pki.revoke(issuing, "0a01")
    run = pki.publishing().publish_due()
    assert [failure.shard for failure in run.failed] == ["0"]
    assert {published(pki, issuing, shard).number for shard in ("0", "all")} == {1}


def test_a_shard_of_more_than_one_page_is_published_whole(pki: Pki, issuing: Authority) -> None:
    for number in range(1, 1103):
        row = pki.revocation(issuing, f"{0x1000 + number:04x}")
        request = pki.revocations.add_step(row).request
        pki.database.client.put_item(**request)
    pki.revoke(issuing, "ff00")
    pki.publishing().publish_due()
    assert len(published(pki, issuing).serials) == 1103


def test_the_store_refuses_to_open_a_shard_without_a_crl(pki: Pki, issuing: Authority) -> None:
    fresh = CrlShard(issuing.ca_id, "1", issuing.crl_url.replace("/0.crl", "/1.crl"), open=False)
    item = to_item(CrlShardItem, fresh, kind=crl_shards(issuing.ca_id), id="1")
    pki.database.write(put(item))
    with pytest.raises(Conflict, match="not published yet"):
        AuthorityStore(pki.database).open_shards([fresh])
