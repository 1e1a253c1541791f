"""Any valid path makes a chain good; what servers send besides, and in what order, makes it no worse."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.crypto.inventory.judging import ChainJudge
from certctl.crypto.inventory.paths import TrustAnchors
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.probes import Note, ServedLeaf
from certctl.domain.inventory.endpoints.reported import ShownChain
from tests.support.openssl import openssl
from tests.support.served.private_pki import (
    NOW,
    YEAR,
    Issuer,
    ders,
    for_clients,
    huge_key,
    new_key,
    of_a_log,
    root,
    rsa_key,
)

NAME = "shop.example.com"


def judge_of(*anchors: Issuer, known: tuple[Issuer, ...] = ()) -> ChainJudge:
    trusted = TrustAnchors([each.certificate for each in anchors])
    return ChainJudge(trusted, tuple(each.certificate for each in known))


def judged(
    judge: ChainJudge, *chain: x509.Certificate, name: str = NAME, leaf_only: bool = False
) -> ServedLeaf:
    leaf = judge.judge(ShownChain(ders(*chain), leaf_only), name, NOW)
    assert leaf is not None
    return leaf


def faults(judge: ChainJudge, *chain: x509.Certificate, name: str = NAME) -> set[Finding]:
    return set(judged(judge, *chain, name=name).faults)


def test_a_chain_of_a_private_ca_is_good() -> None:
    top = root()
    issuing = top.issuer()
    assert faults(judge_of(top), issuing.issue(), issuing.certificate) == set()


def test_the_order_of_the_issuers_does_not_matter() -> None:
    top = root()
    middle = top.issuer("Middle")
    issuing = middle.issuer("Issuing")
    assert (
        faults(judge_of(top), issuing.issue(), top.certificate, middle.certificate, issuing.certificate)
        == set()
    )


def test_keys_that_the_public_web_does_not_use_are_good_in_a_private_pki() -> None:
    top = root(key=ed25519.Ed25519PrivateKey.generate())
    assert faults(judge_of(top), top.issue()) == set()


def test_an_issuer_may_be_the_anchor_without_a_root_above_it() -> None:
    issuing = root().issuer()
    assert faults(judge_of(issuing), issuing.issue()) == set()


def test_a_file_of_public_roots_is_trusted(tmp_path: Path) -> None:
    top = root()
    (tmp_path / "roots.pem").write_bytes(top.certificate.public_bytes(Encoding.PEM))
    judge = ChainJudge(TrustAnchors([], str(tmp_path / "roots.pem")))
    assert faults(judge, top.issue()) == set()


def test_any_of_several_paths_is_enough() -> None:
    trusted, stranger, key = root("Trusted"), root("Stranger"), new_key()
    cross = stranger.issuer("Issuing", key, NOW + 9 * YEAR)
    issuing = trusted.issuer("Issuing", key)
    for others in ((cross, issuing), (issuing, cross)):
        chain = [each.certificate for each in (*others, stranger)]
        assert faults(judge_of(trusted), issuing.issue(), *chain) == set()


def test_an_expired_issuer_that_no_path_needs_is_a_note() -> None:
    top, key = root(), new_key()
    issuing = top.issuer("Issuing", key)
    expired = root("Old root").issuer("Issuing", key, NOW - timedelta(days=1))
    leaf = judged(judge_of(top), issuing.issue(), expired.certificate, issuing.certificate)
    assert (set(leaf.faults), set(leaf.notes)) == (set(), {Note.SURPLUS_EXPIRED})


def test_an_expired_issuer_that_the_path_needs_is_not_trusted() -> None:
    top = root()
    issuing = top.issuer(not_after=NOW - timedelta(days=1))
    assert faults(judge_of(top), issuing.issue(), issuing.certificate) == {Finding.UNTRUSTED}


def test_a_missing_issuer_of_the_stack_makes_the_chain_incomplete() -> None:
    top = root()
    issuing = top.issuer()
    assert faults(judge_of(top, known=(issuing,)), issuing.issue()) == {Finding.CHAIN_INCOMPLETE}


def test_an_issuer_of_the_record_is_enough_if_it_is_sent() -> None:
    issuing = root("Their own root").issuer()
    judge = judge_of(root(), known=(issuing,))
    assert faults(judge, issuing.issue(), issuing.certificate) == set()
    assert faults(judge, issuing.issue()) == {Finding.CHAIN_INCOMPLETE}


def test_a_missing_issuer_of_a_public_ca_makes_the_chain_incomplete() -> None:
    leaf = root().issuer().issue(extensions=[of_a_log()])
    assert faults(judge_of(root("Another")), leaf) == {Finding.CHAIN_INCOMPLETE}


def test_a_chain_of_strangers_is_not_trusted() -> None:
    stranger = root("Stranger")
    issuing = stranger.issuer()
    chain = (issuing.issue(), issuing.certificate, stranger.certificate)
    assert faults(judge_of(root()), *chain) == {Finding.UNTRUSTED}


def test_a_prober_that_reads_the_leaf_alone_says_nothing_about_the_chain() -> None:
    leaf = judged(judge_of(root()), root("Stranger").issuer().issue(), leaf_only=True)
    assert (set(leaf.faults), set(leaf.notes)) == (set(), {Note.LEAF_ONLY})


def test_an_expired_leaf_is_judged_at_its_last_moment() -> None:
    top = root()
    leaf = top.issue(not_before=NOW - YEAR, not_after=NOW - timedelta(days=1))
    assert faults(judge_of(top), leaf) == set()


def test_a_leaf_that_begins_by_another_clock_is_good() -> None:
    top = root()
    assert faults(judge_of(top), top.issue(not_before=NOW + timedelta(minutes=10))) == set()
    assert faults(judge_of(top), top.issue(not_before=NOW + timedelta(days=2))) == {Finding.UNTRUSTED}


def test_a_certificate_for_clients_is_not_trusted_on_a_server() -> None:
    top = root()
    assert faults(judge_of(top), top.issue(extensions=[for_clients()])) == {Finding.UNTRUSTED}


def test_a_small_rsa_key_is_weak_and_still_trusted() -> None:
    top = root()
    assert faults(judge_of(top), top.issue(key=rsa_key(1024).public_key())) == {Finding.WEAK}


def test_a_signature_with_sha_1_is_weak_and_still_trusted(tmp_path: Path) -> None:
    names = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    key = ["-newkey", "rsa:2048", "-nodes", "-keyout", str(tmp_path / "key.pem")]
    pem = openssl("req", "-x509", "-sha1", "-days", "9999", *key, *names)
    old = x509.load_pem_x509_certificate(pem.encode())
    leaf = ChainJudge(TrustAnchors([old])).judge(ShownChain(ders(old)), NAME, old.not_valid_before_utc + YEAR)
    assert leaf is not None
    assert leaf.faults == {Finding.WEAK}


def test_an_rsa_key_over_8192_bits_is_not_verified() -> None:
    top = root()
    leaf = judged(judge_of(root("Another")), top.issue(key=huge_key()))
    assert (set(leaf.faults), set(leaf.notes)) == (set(), {Note.NOT_VERIFIED})


@pytest.mark.parametrize(
    ("names", "asked", "has_it"),
    [
        (["shop.example.com"], "SHOP.example.com.", True),
        (["*.example.com"], "shop.example.com", True),
        (["*.example.com"], "a.shop.example.com", False),
        (["*.example.com"], "example.com", False),
        (["*"], "localhost", False),
        (["sh*p.example.com"], "shop.example.com", False),
        (["shop.example.net", "shop.example.com"], "shop.example.com", True),
        (["shop.example.com"], "192.0.2.1", False),
    ],
)
def test_a_wildcard_stands_for_one_whole_label(names: list[str], asked: str, has_it: bool) -> None:
    top = root()
    mismatch = Finding.NAME_MISMATCH in faults(judge_of(top), top.issue(names), name=asked)
    assert mismatch is not has_it


def test_what_is_no_certificate_is_left_out() -> None:
    top = root()
    issuing = top.issuer()
    (leaf, issuer) = ders(issuing.issue(), issuing.certificate)
    judge = judge_of(top)

    assert judge.judge(ShownChain((b"garbage", issuer)), NAME, NOW) is None
    assert judge.judge(ShownChain(()), NAME, NOW) is None
    assert judge.judge(ShownChain((b"\x30\x84" * 40_000,)), NAME, NOW) is None
    found = judge.judge(ShownChain((leaf, b"\x30\x82\xff", issuer)), NAME, NOW)
    assert found is not None
    assert not found.faults


def test_many_issuers_of_one_name_take_bounded_time() -> None:
    stranger = root("Loop")
    same = [stranger.issuer("Loop").certificate for _ in range(9)]
    leaf, judge = stranger.issue(), judge_of(root())

    began = time.process_time()
    assert faults(judge, leaf, *same) == {Finding.UNTRUSTED}
    assert time.process_time() - began < 2
