"""Certificates that OpenSSL let pass, and that were made to harm who reads them."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from certctl_client.judging.kinds import Kind
from certctl_client.judging.verdicts import Judged, Wishes, judged
from certctl_client.judging.views import record_of
from certctl_client.output.tables import show_table
from certctl_client.output.views import Detail
from certctl_client.probing.probes import AddressProbe, Handshake, Offer, Order, Probe
from tests.support.probing.pki import Identity, Pki

_NOW = datetime.now(UTC)
_MUTATIONS = 300


def judgement(chain: Sequence[bytes]) -> Judged:
    shown = tuple(chain)
    handshakes = [Handshake(offer, "TLSv1.3", chain=shown) for offer in (Offer.DEFAULT, Offer.TRUSTED)]
    probe = Probe(Order("localhost", 443), _NOW, [AddressProbe("127.0.0.1", handshakes)])
    return judged(probe, Wishes("localhost", 14), _NOW)


@pytest.mark.parametrize("seed", range(4))
def test_a_certificate_with_any_byte_changed_is_judged(identity: Identity, seed: int) -> None:
    leaf, *above = identity.der()
    chance = random.Random(seed)  # noqa: S311 - which byte is changed is no secret
    for _ in range(_MUTATIONS):
        at = chance.randrange(len(leaf))
        changed = leaf[:at] + bytes([chance.randrange(256)]) + leaf[at + 1 :]
        record_of(judgement([changed, *above]), "localhost", _NOW)


@pytest.mark.parametrize("der", [b"", b"x", b"\x30\x80" * 9000, b"\x30\x84\xff\xff\xff\xff"])
def test_what_is_no_certificate_is_untrusted(der: bytes) -> None:
    result = judgement([der])
    assert [each.kind for each in result.findings] == [Kind.UNTRUSTED]
    assert record_of(result, "localhost", _NOW)["certificates"] == []


def test_names_that_would_drive_a_terminal_are_escaped(pki: Pki, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["\x1b[2Jlocalhost", "<b>x</b>", "[red]y[/red]\nz"]
    show_table(Detail(record_of(judgement(pki.identity(names).der()), "localhost", _NOW)))
    out = capsys.readouterr().out
    assert "\x1b[2J" not in out
    assert "\\x1b[2Jlocalhost" in out
    assert "\nz" not in out
