"""OpenSSL and GnuTLS are given CRLs as files, of the time before and after shards opened: whatever their
order, what is revoked is refused."""

import subprocess
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from certctl.crypto.issuing.chains import issuing_chain
from certctl.crypto.issuing.issuing import LeafRequest, issue_leaf, new_serial, serial_text
from certctl.crypto.names import San
from certctl.crypto.pem import certificate_pem
from certctl.domain.authorities.authorities import Authority, object_key
from certctl.domain.authorities.sharding import Sharding
from certctl.domain.policies.usages import ExtendedKeyUsage
from tests.support.authorities.pki import Pki
from tests.support.openssl import openssl, run_openssl
from tests.support.status.relying import require


@dataclass
class World:
    """A CA, and the programs that are given its CRLs."""

    pki: Pki
    authority: Authority
    folder: Path

    def leaf(self, shard: int) -> x509.Certificate:
        now = self.pki.clock().replace(microsecond=0)
        request = LeafRequest(
            public_key=ec.generate_private_key(ec.SECP256R1()).public_key(),
            common_name="www.example.com",
            names=(San("DNS", "www.example.com"),),
            extended_key_usages=(ExtendedKeyUsage.SERVER_AUTH,),
            serial=new_serial(),
            not_before=now - timedelta(minutes=5),
            not_after=now + timedelta(days=90),
            crl_url=self.authority.crl_url.replace("/0.crl", f"/{shard}.crl"),
            issuer_url=self.authority.certificate_url,
            ocsp_url=None,
        )
        return issue_leaf(request, issuing_chain(self.authority), self.pki.keys[self.authority.key_arn])

    def revoke(self, leaf: x509.Certificate, shard: int) -> None:
        serial = serial_text(leaf.serial_number)
        self.pki.revoke(self.authority, serial, "keyCompromise", crl_shard=shard)

    def published(self, shard: int) -> bytes:
        """The CRL that is served now, as PEM."""
        stored = self.pki.objects.get(object_key(self.authority.crl_url.replace("/0.crl", f"/{shard}.crl")))
        assert stored
        return openssl("crl", "-inform", "DER", stdin=stored.body).encode()

    def is_accepted_by_openssl(self, leaf: x509.Certificate, crls: bytes) -> bool:
        trusted = self._file("ca.pem", (self.authority.certificate_pem + self.authority.chain_pem).encode())
        given = ("-crl_check", "-CRLfile", self._file("crls.pem", crls), "-CAfile", trusted)
        return run_openssl("verify", *given, stdin=certificate_pem(leaf).encode()).returncode == 0

    def is_accepted_by_gnutls(self, leaf: x509.Certificate, crls: bytes) -> bool:
        require("certtool")
        chain = (certificate_pem(leaf) + self.authority.certificate_pem).encode()
        root = self._file("root.pem", self.authority.chain_pem.encode())
        command = ["certtool", "--verify", "--load-ca-certificate", str(root)]
        command += ["--load-crl", str(self._file("crls.pem", crls))]
        return subprocess.run(command, input=chain, capture_output=True, timeout=30).returncode == 0

    def _file(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path


@dataclass(frozen=True)
class Opening:
    """`last` is `0.crl` before the opening, `first` the one that the opening made, `later` the next one;
    `shard` is `1.crl` of that time. `early` names `0.crl` and is revoked before the opening, `late` names
    `1.crl` and is revoked after it."""

    world: World
    good: tuple[x509.Certificate, x509.Certificate]
    early: x509.Certificate
    late: x509.Certificate
    last: bytes
    first: bytes
    later: bytes
    shard: bytes

    def accepted(self, *crls: bytes) -> dict[str, tuple[bool, ...]]:
        """Whether each program, in each order of the files, accepts the first good leaf, the second, the
        early revoked one, and the late one."""
        world, leaves = self.world, (*self.good, self.early, self.late)
        found = dict[str, tuple[bool, ...]]()
        for number, given in enumerate(permutations(crls)):
            file = b"".join(given)
            found[f"openssl {number}"] = tuple(world.is_accepted_by_openssl(leaf, file) for leaf in leaves)
            found[f"gnutls {number}"] = tuple(world.is_accepted_by_gnutls(leaf, file) for leaf in leaves)
        return found


@pytest.fixture
def opening(pki: Pki, tmp_path: Path) -> Opening:
    world = World(pki, pki.authority().initialize().issuing, tmp_path)
    early, late, good = world.leaf(0), world.leaf(1), (world.leaf(0), world.leaf(1))
    pki.clock.advance(timedelta(seconds=20))
    world.revoke(early, 0)
    assert pki.publishing().publish_due().failed == []
    last = world.published(0)
    pki.clock.advance(timedelta(seconds=20))
    split = replace(pki, sharding=Sharding(first=2, split_over=0))
    assert len(split.admin().cas.shard_expansion.expand_due()) == 1
    first = world.published(0)
    pki.clock.advance(timedelta(seconds=20))
    world.revoke(late, 1)
    assert pki.publishing().publish_due().failed == []
    return Opening(world, good, early, late, last, first, world.published(0), world.published(1))


def test_with_the_last_crl_before_the_opening_and_the_first_after_it_what_they_list_is_refused(
    opening: Opening,
) -> None:
    found = opening.accepted(opening.last, opening.first)
    assert set(found.values()) == {(True, True, False, True)}, "the late one is revoked later"


def test_with_an_old_complete_crl_and_a_new_one_both_revoked_leaves_are_refused(opening: Opening) -> None:
    for old in (opening.last, opening.first):
        assert set(opening.accepted(old, opening.later).values()) == {(True, True, False, False)}


def test_shards_beside_them_change_nothing(opening: Opening) -> None:
    found = opening.accepted(opening.last, opening.first, opening.later, opening.shard)
    assert set(found.values()) == {(True, True, False, False)}
    assert set(opening.accepted(opening.later, opening.shard).values()) == {(True, True, False, False)}


def test_openssl_is_right_with_an_old_complete_crl_and_a_newer_shard(opening: Opening) -> None:
    """GnuTLS keeps the newer of the two, which is about its own certificates only: no file for GnuTLS."""
    for old in (opening.last, opening.first):
        found = opening.accepted(old, opening.shard)
        assert {value for name, value in found.items() if name.startswith("openssl")} == {
            (True, True, False, False)
        }
