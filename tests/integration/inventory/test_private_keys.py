"""A private key is refused in each format and by each way into the inventory, and found nowhere afterwards:
neither in rows, nor in logs, nor in temporary files."""

import base64
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from certctl.crypto.inventory.facts import parse
from tests.support.agents.agents import AgentsByHttp
from tests.support.agents.probing import ProbedByAgents
from tests.support.aws.clients import client
from tests.support.functions.deployed import Deployed
from tests.support.inventory.importing import IMPORTS, Importer, importer, sent
from tests.support.inventory.made import Maker, pkcs7_of
from tests.support.issuing.issuing import issuing

LEAF = Maker().leaf("www.example.com")
ROOT = Maker().certificate()
_EC = ec.generate_private_key(ec.SECP256R1())
_RSA = rsa.generate_private_key(65537, 2048)
_DSA = dsa.generate_private_key(2048)
_ED25519 = ed25519.Ed25519PrivateKey.generate()
_OLD, _NEW, _OPENSSH = PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8, PrivateFormat.OpenSSH
_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def _pem(key: Any, private_format: PrivateFormat = _NEW, password: bytes = b"") -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return str(key.private_bytes(Encoding.PEM, private_format, encryption).decode())


def _der(key: Any, private_format: PrivateFormat = _NEW, password: bytes = b"") -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return _text(key.private_bytes(Encoding.DER, private_format, encryption))


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _keystore(beginning: bytes) -> str:
    return _text(beginning + base64.b64decode(_der(_EC)))


_PKCS12 = _text(pkcs12.serialize_key_and_certificates(b"x", _EC, None, None, NoEncryption()))
_LEAF = _text(LEAF)
_FORMS: dict[str, Callable[[], dict[str, Any]]] = {
    "PKCS #8 in PEM": lambda: {"pem": _pem(_EC)},
    "PKCS #1 in PEM": lambda: {"pem": _pem(_RSA, _OLD)},
    "SEC 1 in PEM": lambda: {"pem": _pem(_EC, _OLD)},
    "DSA in PEM": lambda: {"pem": _pem(_DSA, _OLD)},
    "OpenSSH": lambda: {"pem": _pem(_ED25519, _OPENSSH)},
    "PuTTY": lambda: {"pem": f"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n{_der(_ED25519)}"},
    "encrypted in PEM": lambda: {"pem": _pem(_EC, password=b"secret")},
    "PKCS #8 in DER": lambda: {"der": _der(_EC)},
    "PKCS #8 of Ed25519 in DER": lambda: {"der": _der(_ED25519)},
    "PKCS #1 in DER": lambda: {"der": _der(_RSA, _OLD)},
    "SEC 1 in DER": lambda: {"der": _der(_EC, _OLD)},
    "DSA in DER": lambda: {"der": _der(_DSA, _OLD)},
    "encrypted in DER": lambda: {"der": _der(_EC, password=b"secret")},
    "PEM as base64": lambda: {"der": _text(_pem(_EC).encode())},
    "PKCS #12": lambda: {"der": _PKCS12},
    "a Java keystore": lambda: {"der": _keystore(b"\xfe\xed\xfe\xed\0\0\0\2")},
    "a keystore of JCE": lambda: {"der": _keystore(b"\xce\xce\xce\xce\0\0\0\2")},
    "PEM as PKCS #7": lambda: {"pkcs7": _pem(_EC)},
    "DER as PKCS #7": lambda: {"pkcs7": _der(_EC)},
    "PKCS #12 as PKCS #7": lambda: {"pkcs7": _PKCS12},
    "beside PKCS #7": lambda: {"pkcs7": pkcs7_of(LEAF, ROOT, encoding=Encoding.PEM) + _pem(_EC)},
    "beside a certificate": lambda: {"pem": _CERTIFICATE + _pem(_EC)},
    "PEM in a chain": lambda: {"der": _LEAF, "chain": [_text(ROOT), _pem(_EC)]},
    "DER in a chain": lambda: {"der": _LEAF, "chain": [_der(_EC)]},
    "in a place": lambda: {"der": _LEAF, "place": "upload:" + _pem(_EC)},
}
_TABLES = ("inventory", "audit", "state", "names", "certificates", "catalog")


@dataclass(frozen=True)
class Traces:
    """All that a stack keeps and says."""

    temporary: Path
    logged: Callable[[], str]

    def of(self, text: str) -> list[str]:
        """Where a key is found, by octets in its middle: its text, or the text of its octets."""
        secret = text.replace("\n", "")[-60:-10]
        rows = {table: _rows(table) for table in _TABLES}
        files = {str(path): path.read_text("latin-1") for path in self.temporary.rglob("*") if path.is_file()}
        kept = {"logs": self.logged(), **rows, **files}
        return [name for name, each in kept.items() if secret in each.replace("\\n", "").replace("\n", "")]


def _rows(table: str) -> str:
    pages = client("dynamodb").get_paginator("scan").paginate(TableName=table)
    values = [value for page in pages for row in page["Items"] for value in row.values()]
    return str(values) + "".join(_text(each["B"]) for each in values if "B" in each)


@pytest.fixture
def inventory(stack: Deployed) -> Importer:
    return importer(stack)


@pytest.fixture
def traces(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> Traces:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return Traces(tmp_path, lambda: caplog.text + "".join(capsys.readouterr()))


@pytest.fixture
def probed(stack: Deployed) -> Iterator[ProbedByAgents]:
    with issuing(stack) as world:
        yield ProbedByAgents(AgentsByHttp(world).with_defaults())


def _key_in(form: dict[str, Any]) -> str:
    """The text that has the key: the longest but the certificate's."""
    texts = [text for value in form.values() for text in ([value] if isinstance(value, str) else value)]
    return max((text for text in texts if text not in (_LEAF, _text(ROOT))), key=len)


@pytest.mark.parametrize("form", _FORMS)
def test_a_key_in_an_import_is_refused_and_nothing_of_its_chunk_is_kept(
    inventory: Importer, traces: Traces, form: str
) -> None:
    offered = _FORMS[form]()
    chunk = [sent("upload:x#0", LEAF), {"place": "upload:key#0"} | offered]
    answer = inventory.chunk(inventory.begun(), 1, chunk)

    assert (answer.status, [each["field"] for each in answer.body["errors"]]) == (422, ["certificates.1"])
    assert _key_in(offered)[-60:-10] not in answer.text
    assert traces.of(_key_in(offered)) == []
    assert inventory.one(LEAF).status == 404, "nothing of the chunk is kept"


def test_a_key_is_no_name_of_an_import(inventory: Importer, traces: Traces) -> None:
    key = _pem(_ED25519)
    answer = inventory.api.post(IMPORTS, {"name": key})
    assert (answer.status, [each["field"] for each in answer.body["errors"]]) == (422, ["name"])
    assert traces.of(key) == []


@pytest.mark.parametrize(
    "key", [_der(_EC), _der(_RSA, _OLD), _PKCS12], ids=["PKCS #8", "PKCS #1", "PKCS #12"]
)
def test_a_key_that_a_server_sends_as_its_certificate_is_dropped(
    probed: ProbedByAgents, traces: Traces, key: str
) -> None:
    """An agent reports what servers send: the poll goes on, and the key is not taken for one."""
    agent = probed.agents.enrolled()
    endpoint_id = probed.endpoint(agent)

    answer = probed.poll(agent, endpoint_id, [key], [_LEAF, key])

    assert answer.status == 200
    assert [each["fingerprints"] for each in probed.shown(endpoint_id)] == [[parse(LEAF).fingerprint]]
    assert traces.of(key) == []
