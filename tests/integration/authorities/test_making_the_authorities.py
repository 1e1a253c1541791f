"""`CertificateAuthority.initialize`, judged by openssl (docs/revocation.md#the-cas-of-a-stack)."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from certctl.connectors.aws.objects import Objects, StoredObject
from certctl.crypto.ca_keys import CaPrivateKey
from certctl.domain.authorities.authorities import object_key, shard_for
from certctl.domain.errors import Conflict, Unavailable
from certctl.services.authorities.setup import AuthorityPair, AuthoritySettings
from certctl.store.audit.events import AuditStore
from tests.support.authorities.authority import kms_key
from tests.support.authorities.pki import BUCKET, SETTINGS, Pki
from tests.support.openssl import openssl


class Stopping:
    """Objects that stop working at the n-th call, as a crash or an outage there would."""

    def __init__(self, real: Objects, stop_at: int) -> None:
        self._real = real
        self._left = stop_at

    def get(self, key: str) -> StoredObject | None:
        self._count()
        return self._real.get(key)

    def etag(self, key: str) -> str | None:
        self._count()
        return self._real.etag(key)

    def put(self, key: str, body: bytes, *rest: Any) -> str:
        self._count()
        return self._real.put(key, body, *rest)

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Unavailable("S3 is away")


def _versions(pki: Pki) -> list[tuple[str, str]]:
    listed = pki.s3.list_object_versions(Bucket=BUCKET).get("Versions", [])
    return sorted((version["Key"], version["VersionId"]) for version in listed)


def _rows(pki: Pki) -> list[dict[str, Any]]:
    rows = [r for t in ("state", "audit") for r in pki.database.client.scan(TableName=t)["Items"]]
    return sorted(rows, key=str)


def _save(pki: Pki, url: str, path: Path) -> Path:
    stored = pki.objects.get(object_key(url))
    assert stored
    path.write_bytes(stored.body)
    return path


def test_openssl_verifies_the_published_chain_and_the_root_crl(pki: Pki, tmp_path: Path) -> None:
    pair = pki.authority().initialize()
    root = tmp_path / "root.pem"
    openssl(
        "x509", "-inform", "DER", "-in", _save(pki, pair.root.certificate_url, tmp_path / "r"), "-out", root
    )
    issuing = _save(pki, pair.issuing.certificate_url.removesuffix(".crt") + ".pem", tmp_path / "i.pem")
    crl = tmp_path / "root.crl.pem"
    openssl("crl", "-inform", "DER", "-in", _save(pki, pair.root.crl_url, tmp_path / "c"), "-out", crl)

    result = openssl("verify", "-x509_strict", "-crl_check", "-CRLfile", crl, "-CAfile", root, issuing)

    assert result.strip().endswith("OK")


def test_the_issuing_certificate_names_the_roots_urls(pki: Pki, tmp_path: Path) -> None:
    pair = pki.authority().initialize()
    text = openssl(
        "x509", "-inform", "DER", "-noout", "-text",
        "-in", _save(pki, pair.issuing.certificate_url, tmp_path / "i"),
    )  # fmt: skip
    root_id = pair.root.ca_id
    assert f"URI:http://pki.example.com/pki/{root_id}.crl" in text
    assert f"CA Issuers - URI:http://pki.example.com/pki/{root_id}.crt" in text
    assert "pathlen:0" in text
    assert "ASN1 OID: prime256v1" in text


def test_the_urls_are_where_the_contract_says(pki: Pki) -> None:
    pair = pki.authority().initialize()
    ca_id = pair.issuing.ca_id
    base = f"http://pki.example.com/pki/{ca_id}"
    shards = {shard.shard: shard.url for shard in pki.authorities.shards(ca_id)}
    assert pair.issuing.certificate_url == f"{base}.crt"
    assert shards == {"0": f"{base}/0.crl", "all": f"{base}/all.crl"}
    assert pair.issuing.all_crl_url == shards["all"]
    assert pair.root.crl_url == f"http://pki.example.com/pki/{pair.root.ca_id}.crl"


def test_certificates_and_crls_are_served_with_their_types(pki: Pki) -> None:
    pair = pki.authority().initialize()
    heads = {
        url: pki.s3.head_object(Bucket=BUCKET, Key=object_key(url))
        for url in (pair.issuing.certificate_url, pair.issuing.crl_url, pair.root.crl_url)
    }
    types = [head["ContentType"] for head in heads.values()]
    assert types == ["application/pkix-cert", "application/pkix-crl", "application/pkix-crl"]
    assert heads[pair.issuing.crl_url]["CacheControl"] == "public, max-age=30"


def test_the_bundle_holds_the_issuing_ca_and_the_root(pki: Pki) -> None:
    pair = pki.authority().initialize()
    bundle = pki.objects.get("pki/bundle.pem")
    assert bundle
    assert bundle.body.decode() == pair.issuing.certificate_pem + pair.root.certificate_pem


def test_shard_zero_is_open_and_the_roots_and_all_are_not(pki: Pki) -> None:
    pair = pki.authority().initialize()
    shards = [s for s in pki.authorities.shards(pair.issuing.ca_id) if s.shard != "all"]
    assert shard_for("0a", shards).url == pair.issuing.crl_url
    others = [s for s in pki.authorities.shards(pair.issuing.ca_id) if s.shard == "all"]
    assert not any(s.open for s in [*others, *pki.authorities.shards(pair.root.ca_id)])


def test_a_second_run_changes_nothing(pki: Pki) -> None:
    first = pki.authority().initialize()
    before = _versions(pki), _rows(pki)
    assert pki.authority().initialize() == first
    assert (_versions(pki), _rows(pki)) == before


def test_later_parameters_do_not_change_a_ca_that_exists(pki: Pki) -> None:
    first = pki.authority().initialize()
    changed = AuthoritySettings(
        "other.example.com", "arn:root", "arn:issuing", "CN=X", "CN=Y", ("example.com",)
    )
    assert pki.authority(changed).initialize() == first


def test_of_two_runs_at_once_one_makes_the_cas(pki: Pki) -> None:
    other: list[AuthorityPair] = []

    def load_key(arn: str) -> CaPrivateKey:
        if not other:
            other.append(pki.authority().initialize())
        return pki.keys[arn]

    pair = pki.authority(load_key=load_key).initialize()
    assert [pair] == other
    assert len(pki.authorities.all()) == 2


def test_a_run_accepts_objects_that_another_wrote_concurrently(pki: Pki) -> None:
    others: list[AuthorityPair] = []
    real = pki.objects

    class Racing:
        get, etag = real.get, real.etag

        def put(self, *arguments: Any) -> str:
            if not others:
                others.append(pki.authority().initialize())
            return real.put(*arguments)

    racing: Any = Racing()
    assert [pki.authority(objects=racing).initialize()] == others
    assert len({key for key, _ in _versions(pki)}) == len(_versions(pki))


def test_every_outage_heals_by_another_run(pki: Pki) -> None:
    stops = 0
    while True:
        broken: Any = Stopping(pki.objects, stops)
        try:
            pair = pki.authority(objects=broken).initialize()
            break
        except Unavailable:
            stops += 1
            root, issuing = sorted(pki.authorities.all(), key=lambda a: a.role, reverse=True)
            assert (root.role, issuing.role) == ("root", "issuing")
    assert stops >= 10
    assert {a.ca_id for a in pki.authorities.all()} == {pair.root.ca_id, pair.issuing.ca_id}
    assert shard_for("0a", [s for s in pki.authorities.shards(pair.issuing.ca_id) if s.shard != "all"]).open


def test_no_leaf_can_be_issued_before_the_empty_crl_is_published(pki: Pki) -> None:
    with pytest.raises(Unavailable, match="was not published"):
        pki.authority(request_crls=lambda _: None).initialize()
    issuing = pki.authorities.active_issuing("iss-local")
    assert issuing
    assert not any(s.open for s in pki.authorities.shards(issuing.ca_id))


def test_a_key_that_is_not_the_certificates_is_refused(pki: Pki) -> None:
    pki.authority().initialize()
    pki.keys["arn:issuing"] = kms_key(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(Conflict, match="not the one of the certificate"):
        pki.authority().initialize()


def test_another_key_of_the_stack_is_refused(pki: Pki) -> None:
    pki.authority().initialize()
    other = AuthoritySettings(SETTINGS.host, "arn:root", "arn:new", "CN=Test Root", "CN=Test Issuing")
    with pytest.raises(Conflict, match="arn:new"):
        pki.authority(other).initialize()


def test_both_cas_are_in_the_audit_trail(pki: Pki) -> None:
    pair = pki.authority().initialize()
    for authority in (pair.root, pair.issuing):
        (event,) = AuditStore(pki.database).of_resource("ca", authority.ca_id, "aud-z", 10).events
        assert event["action"] == "ca_created"
        assert event["actor"] == "system/stack_admin"
        assert event["details"]["after"]["key_arn"] == authority.key_arn


def test_the_root_crl_lasts_sixty_days_and_its_number_rises_each_month(pki: Pki) -> None:
    root = pki.authority().initialize().root
    published = pki.publication().publish_now(root, "0")
    assert published.crl_number == 2
    assert published.next_update
    assert published.this_update
    assert (published.next_update - published.this_update).days == 60


def test_a_permitted_domain_becomes_a_critical_constraint(pki: Pki, tmp_path: Path) -> None:
    settings = AuthoritySettings(
        SETTINGS.host, "arn:root", "arn:issuing", "CN=Test Root", "CN=Test Issuing", ("corp.example",)
    )
    issuing = pki.authority(settings).initialize().issuing
    path = _save(pki, issuing.certificate_url, tmp_path / "i")
    text = openssl("x509", "-inform", "DER", "-noout", "-text", "-in", path)
    assert "X509v3 Name Constraints: critical" in text
    assert "DNS:corp.example" in text
