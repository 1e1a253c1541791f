"""What strangers wrote, by each way into the inventory: bounded, harmless, refused."""

import base64
import hashlib
from time import process_time

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certctl.compose.rooms.base import Base
from certctl.compose.rooms.inventory import InventoryFactories
from certctl.domain.inventory.manifests import Found
from certctl.domain.inventory.places import parse_place
from certctl.domain.inventory.scopes import Scope
from tests.support.aws.clients import client
from tests.support.functions.deployed import Deployed
from tests.support.inventory.importing import CERTIFICATES, Importer, importer, sent
from tests.support.inventory.made import Maker, pkcs7_of

_MARKUP = "<img src=x onerror=alert(1)>\x1b[2J\u202egnp"
HOSTILE = Maker().leaf(common_name=_MARKUP)
LEAF = Maker().leaf("www.example.com")
_BOMBS = {
    "nested without end": b"\x30\x80" * 30_000,
    "a length of 4 GiB": b"\x30\x84\xff\xff\xff\xff" + b"\x00" * 100,
    "a certificate that is cut": LEAF[:-20],
}


@pytest.fixture
def inventory(stack: Deployed) -> Importer:
    return importer(stack)


@pytest.mark.parametrize("way", ["der", "pkcs7"])
def test_markup_and_control_characters_of_names_are_shown_as_text(inventory: Importer, way: str) -> None:
    file = pkcs7_of(HOSTILE) if way == "pkcs7" else base64.b64encode(HOSTILE).decode()
    inventory.imported({"place": "upload:\u202ex<b>", way: file})

    answer = inventory.api.get(CERTIFICATES)

    (listed,) = answer.body["data"]
    assert listed["first_name"] == r"<img src=x onerror=alert(1)>\u{1b}[2j\u{202e}gnp"
    assert answer.headers["Content-Type"] == "application/json"
    (place,) = inventory.one(HOSTILE).body["places"]
    assert place["place"] == r"upload:\u{202e}x<b>"


@pytest.mark.parametrize("bomb", _BOMBS)
def test_a_bomb_is_refused_soon_and_what_is_beside_it_is_taken(inventory: Importer, bomb: str) -> None:
    started = process_time()
    done = inventory.imported(sent("upload:bomb", _BOMBS[bomb]), sent("upload:www", LEAF))
    assert (done["added"], done["refused"]) == (1, 1)
    assert process_time() - started < 20


def test_a_chain_of_1000_is_refused_as_a_whole(inventory: Importer) -> None:
    answer = inventory.chunk(inventory.begun(), 1, [sent("upload:x", LEAF, *[LEAF] * 1000)])
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "certificates.0.chain")


def test_a_private_key_in_a_scan_is_refused_and_found_nowhere_afterwards(
    stack: Deployed, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    made = InventoryFactories(Base(stack.overrides))
    stack.database.write(made.scopes.create_step(Scope("sc-1", "src-1", "t-web", "files", stack.clock())))
    key = ec.generate_private_key(ec.SECP256R1())
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    fingerprint = hashlib.sha256(der).hexdigest()

    found = [Found(parse_place("file:/etc/key.der#0"), fingerprint)]
    answer = made.reports.report("sc-1", found, {fingerprint: der}, is_complete=True)

    assert (answer.added, [each.reason for each in answer.refused]) == (
        0,
        ["not a certificate that can be read"],
    )
    pages = [client("dynamodb").scan(TableName=table)["Items"] for table in ("inventory", "audit", "names")]
    kept = str(pages) + caplog.text + "".join(capsys.readouterr())
    assert base64.b64encode(der).decode()[40:] not in kept
    assert repr(der)[40:-1] not in kept
