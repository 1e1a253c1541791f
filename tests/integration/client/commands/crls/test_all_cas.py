"""`certctl crl verify --all-cas`: every CRL of every CA, as relying parties read it."""

import json
from dataclasses import replace

from certctl.domain.authorities.authorities import NewAuthority, object_key
from certctl.domain.authorities.sharding import Sharding
from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.authorities.pki import BUCKET
from tests.support.authorities.sharded import with_one_shard
from tests.support.client.stack import BridgedStack


def test_each_crl_of_each_ca_is_checked(certctl: Certctl, stack: BridgedStack) -> None:
    pki = stack.issuing.pki
    pki.new_key("arn:second")
    pki.local_issuers().rotate(NewAuthority("iss-local", "arn:second"))
    ran = certctl("crl", "verify", "--all-cas", "-o", "json")
    rows = json.loads(ran.out)
    assert ran.code == ExitCode.OK, ran.err
    expected = {
        (authority.ca_id, shard.shard)
        for authority in pki.authorities.all()
        for shard in pki.authorities.shards(authority.ca_id)
    }
    assert len(expected) == 5
    assert {(row["ca_id"], row["shard"]) for row in rows} == expected
    assert all(row["faults"] == [] for row in rows)
    assert "good" in certctl("crl", "verify", "--all-cas").out


def test_a_complete_crl_beside_shards_is_good(certctl: Certctl, stack: BridgedStack) -> None:
    pki = stack.issuing.pki
    split = replace(pki, sharding=Sharding(first=3, split_over=-1))
    assert len(split.admin().cas.shard_expansion.expand_due()) == 2
    rows = json.loads(certctl("crl", "verify", "--all-cas", "-o", "json").out)
    assert [row["faults"] for row in rows] == [[]] * 5
    (ca_id,) = {row["ca_id"] for row in rows if row["shard"] == "all"}
    shown = json.loads(certctl("cas", "show", ca_id, "-o", "json").out)
    assert {crl["shard"]: crl["complete"] for crl in shown["crls"]} == {
        "0": True,
        "1": False,
        "2": False,
        "all": True,
    }
    table = certctl("cas", "show", ca_id, "-o", "csv").out
    assert table.count("True") + table.count("true") >= 2


def test_a_shard_at_the_url_of_a_complete_crl_is_a_fault(certctl: Certctl, stack: BridgedStack) -> None:
    pki = stack.issuing.pki
    split = replace(pki, sharding=Sharding(first=2, split_over=-1))
    (added,) = split.admin().cas.shard_expansion.expand_due()
    shard = pki.objects.get(object_key(added.url))
    assert shard
    first = added.url.replace("/1.crl", "/0.crl")
    pki.s3.put_object(Bucket=BUCKET, Key=object_key(first), Body=shard.body)
    rows = json.loads(certctl("crl", "verify", "--all-cas", "-o", "json").out)
    faults = {row["url"]: row["faults"] for row in rows}
    assert "its scope is another URL" in faults[first]


def test_an_older_crl_a_missing_one_and_that_of_another_url_are_faults(
    certctl: Certctl, stack: BridgedStack
) -> None:
    pki = stack.issuing.pki
    authority = pki.authorities.active_issuing("iss-local")
    assert authority
    assert authority.all_crl_url
    with_one_shard(pki, authority)
    first, joined = object_key(authority.crl_url), object_key(authority.all_crl_url)
    old = pki.objects.get(first)
    assert old
    pki.revoke(authority, "0a01")
    pki.publishing().publish_due()
    pki.s3.put_object(Bucket=BUCKET, Key=first, Body=old.body)
    pki.s3.put_object(Bucket=BUCKET, Key=joined, Body=old.body)
    root = next(a for a in pki.authorities.all() if a.role == "root")
    pki.s3.delete_object(Bucket=BUCKET, Key=object_key(root.crl_url))
    ran = certctl("crl", "verify", "--all-cas", "-o", "json")
    faults = {(row["ca_id"], row["shard"]): row["faults"] for row in json.loads(ran.out)}
    assert ran.code == ExitCode.NOT_INTACT
    assert faults[authority.ca_id, "0"] == ["it is number 2, but 3 was published"]
    assert "its scope is another URL" in faults[authority.ca_id, "all"]
    assert faults[root.ca_id, "0"] != []


def test_it_is_given_alone(certctl: Certctl, stack: BridgedStack) -> None:
    ran = certctl("crl", "verify", "--all-cas", "--serial", "0a01")
    assert ran.code != ExitCode.OK
    assert "--all-cas" in ran.err
