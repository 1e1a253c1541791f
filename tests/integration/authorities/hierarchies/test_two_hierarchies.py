"""An RSA hierarchy beside the ECDSA one on one stack: each issues, renews, revokes and answers, and openssl
verifies it by its own root alone."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from certctl.crypto.authorities.facts import facts_of
from certctl.crypto.pem import load_certificate, load_certificates
from certctl.domain.authorities.authorities import Authority
from certctl.domain.authorities.key_specs import KeySpec
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import InvalidInput, NotServed, Unavailable
from tests.support.authorities.hierarchies import (
    RSA_ISSUER,
    Issued,
    admin,
    issued,
    make_issuer,
    make_root,
    ocsp_verdict,
    verdict,
)
from tests.support.aws.point_in_time import go_back, snapshot
from tests.support.functions.control_plane import ControlPlane
from tests.support.status.public_host import PublicHost

# together they take more than ten seconds
pytestmark = pytest.mark.slow

_MORE = "arn:aws:kms:eu-central-1:111122223333:key/more"
ISSUERS = ("iss-local", RSA_ISSUER)


@dataclass(frozen=True)
class Stack:
    host: PublicHost
    plane: ControlPlane
    folder: Path

    def issued(self, issuer_id: str = "iss-local", name: str = "www") -> Certificate:
        return self.plane.issued(f"{name}.{issuer_id}.example.com", issuer_id=issuer_id)

    def shown(self, certificate: Certificate) -> Issued:
        return issued(self.plane, self.plane.certificate(certificate.id))

    def verdict(self, of: Issued, trusted: str | None = None) -> str:
        now = self.plane.pki.clock()
        return verdict(self.plane, of, trusted or of.root.certificate_pem, self.folder / "verify", now)

    def ocsp(self, of: Issued) -> str:
        return ocsp_verdict(self.host, of, self.folder / "ocsp")

    def root(self, issuer_id: str) -> Authority:
        active = self.plane.pki.authorities.active_issuing(issuer_id)
        assert active
        found = self.plane.pki.authorities.get(active.parent_id or "")
        assert found
        return found

    def numbers(self) -> list[int]:
        """The numbers of the roots CRLs, in the order of the issuers."""
        found = [self.plane.pki.authorities.shards(self.root(each).ca_id) for each in ISSUERS]
        return [int(shard.crl_number) for (shard,) in found]

    def publish(self) -> None:
        """After five minutes, in which the responders keep what they know of CAs."""
        self.plane.pki.clock.advance(timedelta(minutes=6))
        self.host.responding.publish()


@pytest.fixture
def stack(host: PublicHost, tmp_path: Path) -> Stack:
    make_issuer(host, make_root(host))
    return Stack(host, ControlPlane(host.responding.pki), tmp_path)


def test_each_verifies_by_its_own_root_and_not_by_the_other_and_both_by_the_bundle(stack: Stack) -> None:
    found = [stack.shown(stack.issued(each)) for each in ISSUERS]
    bundle = stack.plane.pki.objects.get("pki/bundle.pem")
    assert bundle
    for one, other in (found, reversed(found)):
        assert stack.verdict(one) == "OK"
        assert "unable to get" in stack.verdict(one, other.root.certificate_pem)
        assert stack.verdict(one, bundle.body.decode()) == "OK"
    assert set(map(load_certificate, (one.root.certificate_pem for one in found))) < set(
        load_certificates(bundle.body.decode())
    )


def test_every_signature_below_the_rsa_root_is_rsa(stack: Stack) -> None:
    found = stack.shown(stack.issued(RSA_ISSUER))
    issuing, root = (load_certificate(each.certificate_pem) for each in (found.issuing, found.root))
    assert isinstance(root.public_key(), rsa.RSAPublicKey)
    assert isinstance(issuing.public_key(), rsa.RSAPublicKey)
    names = {each.signature_algorithm_oid._name for each in (found.leaf, issuing, root)}
    assert names == {"sha256WithRSAEncryption"}


def test_each_renews_revokes_lists_and_answers(stack: Stack) -> None:
    certificates = {each: stack.issued(each) for each in ISSUERS}
    for issuer_id, certificate in certificates.items():
        first = stack.shown(certificate)
        second = stack.shown(stack.plane.rekeyed(certificate.id))
        assert (second.issuing, second.leaf == first.leaf) == (first.issuing, False)
        assert (stack.verdict(second), stack.ocsp(second)) == ("OK", "good"), issuer_id
        stack.plane.revoked(certificate.id, "superseded")
        stack.publish()
        assert "certificate revoked" in stack.verdict(second), issuer_id
        assert stack.ocsp(second) == "revoked", issuer_id


def test_a_ca_is_revoked_in_the_crl_of_its_own_root_and_the_other_hierarchy_stays(stack: Stack) -> None:
    kept, lost = (stack.shown(stack.issued(each)) for each in ISSUERS)
    before = stack.numbers()
    serial = facts_of(lost.issuing.certificate_pem).serial_number
    fields = {"ca_id": lost.issuing.ca_id, "reason": "caCompromise", "confirm": serial, "force": True}
    answer = admin(stack.host, "revoke_ca", **fields)
    assert answer["root_crl_url"] == lost.root.crl_url
    crls = [stack.plane.pki.authorities.shards(each.root.ca_id)[0].crl_number for each in (kept, lost)]
    assert crls == [before[0], before[1] + 1]
    stack.publish()
    assert "certificate revoked" in stack.verdict(lost)
    assert (stack.verdict(kept), stack.ocsp(lost)) == ("OK", "revoked")
    bundle = stack.plane.pki.objects.get("pki/bundle.pem")
    assert bundle
    assert load_certificate(lost.root.certificate_pem) not in load_certificates(bundle.body.decode())


def test_a_rotation_stays_in_its_hierarchy(stack: Stack) -> None:
    for number, issuer_id in enumerate(ISSUERS):
        old, spec = stack.shown(stack.issued(issuer_id)), (KeySpec.ECC_NIST_P384, KeySpec.RSA_3072)[number]
        key = stack.plane.pki.new_key(f"{_MORE}-{number}", spec)
        made = admin(stack.host, "rotate", issuer_id=issuer_id, key_arn=key)
        stack.publish()
        new = stack.shown(stack.issued(issuer_id, "new"))
        assert (made["root_id"], new.issuing.ca_id) == (old.root.ca_id, made["ca_id"])
        assert [stack.verdict(each) for each in (old, new)] == ["OK", "OK"]
        assert [stack.ocsp(each) for each in (old, new)] == ["good", "good"]


def test_an_issuer_moves_to_the_other_hierarchy_and_its_old_certificates_stay_good(stack: Stack) -> None:
    certificate = stack.issued()
    old, rsa_root = stack.shown(certificate), stack.root(RSA_ISSUER)
    key = stack.plane.pki.new_key(f"{_MORE}-rsa", KeySpec.RSA_2048)
    admin(stack.host, "rotate", key_arn=key, root_id=rsa_root.ca_id)
    stack.publish()
    new = stack.shown(stack.plane.rekeyed(certificate.id))
    assert (new.root.ca_id, new.issuing.replaces) == (rsa_root.ca_id, old.issuing.ca_id)
    assert [stack.verdict(each) for each in (old, new)] == ["OK", "OK"]
    assert [stack.ocsp(each) for each in (old, new)] == ["good", "good"]
    following = stack.plane.pki.new_key(f"{_MORE}-next", KeySpec.RSA_2048)
    assert admin(stack.host, "rotate", key_arn=following)["root_id"] == rsa_root.ca_id
    assert admin(stack.host, "initialize")["waits_for"] == "nothing", "deploys go on"
    assert [each.state for each in stack.plane.pki.authorities.with_leaves("iss-local")] == [
        AuthorityState.ACTIVE,
        AuthorityState.RETIRING,
        AuthorityState.RETIRING,
    ]


@pytest.mark.parametrize(
    ("issuer_id", "spec"), [("iss-local", KeySpec.RSA_2048), (RSA_ISSUER, KeySpec.ECC_NIST_P256)]
)
def test_a_mixture_is_made_only_by_whoever_says_who_cannot_verify_it(
    stack: Stack, issuer_id: str, spec: KeySpec
) -> None:
    wanted = {"issuer_id": issuer_id, "key_arn": stack.plane.pki.new_key(f"{_MORE}-mixed", spec)}
    before = stack.plane.pki.authorities.all()
    with pytest.raises(InvalidInput, match='confirm: must be "RSA-only clients cannot verify it"'):
        admin(stack.host, "rotate", **wanted, confirm="yes")
    assert stack.plane.pki.authorities.all() == before
    made = admin(stack.host, "rotate", **wanted, confirm="RSA-only clients cannot verify it")
    stack.publish()
    assert (made["state"], made["root_id"]) == ("active", stack.root(issuer_id).ca_id)
    found = stack.shown(stack.issued(issuer_id))
    assert (stack.verdict(found), stack.ocsp(found)) == ("OK", "good")


def test_a_mixture_that_ends_too_soon_is_asked_for_both_at_once(stack: Stack) -> None:
    root = stack.root("iss-local")
    stack.plane.pki.clock.time = root.not_after - timedelta(days=100)
    fields = {"key_arn": stack.plane.pki.new_key(f"{_MORE}-mixed", KeySpec.RSA_2048), "root_id": root.ca_id}
    with pytest.raises(InvalidInput, match=r'must be the list \["20.*Z", "RSA-only clients .*"\]') as refused:
        admin(stack.host, "rotate", **fields)
    assert len(refused.value.problems) == 2
    ends = str(refused.value.problems[0].message).split()[2].rstrip(",")
    with pytest.raises(InvalidInput, match="RSA-only"):
        admin(stack.host, "rotate", **fields, confirm=ends)


def test_the_upkeep_renews_each_roots_crl_and_responder(stack: Stack) -> None:
    stack.plane.pki.clock.advance(timedelta(days=15))
    done = admin(stack.host, "upkeep")
    roots = {stack.root(each).ca_id for each in ISSUERS}
    assert {each["ca_id"] for each in done["root_crls"]} == roots
    assert {each["ca_id"] for each in done["root_responders"]} == roots
    assert admin(stack.host, "upkeep")["root_crls"] == []


@pytest.mark.parametrize("failing", [0, 1])
def test_a_root_that_fails_does_not_stop_the_other_and_is_named(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    away, kms = stack.root(ISSUERS[failing]), stack.host.responding.kms
    sign = kms.sign

    def signing(KeyId: str, **rest: Any) -> dict[str, Any]:
        if KeyId == away.key_arn:
            raise Unavailable("KMS did not answer in time.")
        return sign(KeyId, **rest)

    monkeypatch.setattr(kms, "sign", signing)
    stack.plane.pki.clock.advance(timedelta(days=15))
    before = stack.numbers()
    with pytest.raises(
        Unavailable, match=f"CRL of {away.ca_id}: KMS did not .*OCSP responder of {away.ca_id}"
    ):
        admin(stack.host, "upkeep")
    after = [number + (each != failing) for each, number in enumerate(before)]
    assert stack.numbers() == after


def test_a_restore_finds_the_revocations_of_both_hierarchies_again(stack: Stack) -> None:
    certificates = [stack.issued(each) for each in ISSUERS]
    database = stack.plane.pki.database.client
    lost = stack.shown(certificates[1])
    serial = facts_of(lost.issuing.certificate_pem).serial_number
    before = snapshot(database)
    for certificate in certificates:
        stack.plane.revoked(certificate.id)
    fields = {"ca_id": lost.issuing.ca_id, "reason": "caCompromise", "confirm": serial, "force": True}
    admin(stack.host, "revoke_ca", **fields)
    stack.publish()
    go_back(database, before, keeping=("audit",))
    assert admin(stack.host, "restore")["complete"]
    stack.publish()
    admin(stack.host, "publish_root_crl")
    for certificate in certificates:
        assert "certificate revoked" in stack.verdict(stack.shown(certificate))
        assert stack.ocsp(stack.shown(certificate)) == "revoked"


def test_a_root_that_a_restore_has_lost_is_made_again_and_trusted_by_its_former_certificate(
    host: PublicHost, tmp_path: Path
) -> None:
    before = snapshot(host.responding.pki.database.client)
    former = host.responding.pki.authorities.get(make_root(host))
    assert former
    go_back(host.responding.pki.database.client, before, keeping=("audit",))
    assert host.responding.pki.authorities.get(former.ca_id) is None
    host.responding.pki.clock.advance(timedelta(minutes=6))  # responders keep what they know of CAs for five
    with pytest.raises(NotServed, match="unauthorized"):
        make_root(host)
    again = make_root(host)
    make_issuer(host, again)
    stack = Stack(host, ControlPlane(host.responding.pki), tmp_path)
    found = stack.shown(stack.issued(RSA_ISSUER))
    assert again != former.ca_id
    assert stack.verdict(found, former.certificate_pem) == "OK"
