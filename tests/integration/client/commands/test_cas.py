"""`certctl cas`: what it shows and writes, judged by openssl."""

import json
from pathlib import Path
from typing import Any

import pytest

from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.client.stack import BridgedStack
from tests.support.openssl import openssl


def cas(certctl: Certctl) -> dict[str, dict[str, Any]]:
    """The CAs by role."""
    ran = certctl("cas", "list", "-o", "json")
    assert ran.code == ExitCode.OK, ran.err
    return {ca["role"]: ca for ca in json.loads(ran.out)}


def test_the_list_names_each_ca_and_its_crl(certctl: Certctl, stack: BridgedStack) -> None:
    found = cas(certctl)
    table = certctl("cas", "list").out
    assert set(found) == {"issuing", "root"}
    assert all(ca["ca_id"] in table for ca in found.values())


def test_the_tree_has_each_ca_below_its_root_with_its_key(certctl: Certctl, stack: BridgedStack) -> None:
    found = cas(certctl)

    _, root, issuing, *_ = certctl("cas", "tree").out.splitlines()

    assert root.startswith(found["root"]["subject"])
    assert found["root"]["key_spec"] in root
    assert issuing.startswith(f"└ {found['issuing']['subject']}")
    assert found["issuing"]["ca_id"] in issuing
    assert [ca["ca_id"] for ca in json.loads(certctl("cas", "tree", "-o", "json").out)] == [
        found[role]["ca_id"] for role in ("root", "issuing")
    ]


def test_one_ca_is_shown_with_its_crls_and_chain(certctl: Certctl, stack: BridgedStack) -> None:
    found = cas(certctl)
    shown = certctl("cas", "show", found["issuing"]["ca_id"])
    assert shown.code == ExitCode.OK
    for text in ("CRLs", "Chain", "Rotation", found["root"]["fingerprint_sha256"][:20]):
        assert text in shown.out


def test_what_its_compromise_would_touch_is_counted(certctl: Certctl, stack: BridgedStack) -> None:
    ca_id = cas(certctl)["issuing"]["ca_id"]
    before = json.loads(certctl("cas", "uses", ca_id, "-o", "json").out)
    stack.issuing.issued(target_ids=["tgt-uses"])

    after = json.loads(certctl("cas", "uses", ca_id, "-o", "json").out)

    assert after["certificates"] == before["certificates"] + 1
    assert (after["targets"], "tgt-uses" in after["target_ids"]) == (len(after["target_ids"]), True)
    assert certctl("cas", "uses", "ca-nobody").code == ExitCode.NOT_FOUND


def test_its_certificate_is_written_as_pem_and_as_der(
    certctl: Certctl, stack: BridgedStack, tmp_path: Path
) -> None:
    ca = cas(certctl)["issuing"]
    pem, der = tmp_path / "ca.pem", tmp_path / "ca.der"
    assert certctl("cas", "certificate", ca["ca_id"], "--out", pem).code == ExitCode.OK
    assert certctl("cas", "certificate", ca["ca_id"], "--der", "--out", der).code == ExitCode.OK
    for form, path in (("PEM", pem), ("DER", der)):
        printed = openssl("x509", "-inform", form, "-in", path, "-noout", "-serial")
        assert printed.strip().lower() == f"serial={ca['serial_number']}"


def test_der_needs_a_file(certctl: Certctl, stack: BridgedStack) -> None:
    ran = certctl("cas", "certificate", cas(certctl)["issuing"]["ca_id"], "--der")
    assert ran.code == ExitCode.FAILED
    assert "--out" in ran.err


@pytest.mark.parametrize(("more", "form"), [((), "DER"), (("--pem",), "PEM"), (("--shard", "0"), "DER")])
def test_a_crl_is_written_from_where_it_is_published(
    certctl: Certctl, stack: BridgedStack, tmp_path: Path, more: tuple[str, ...], form: str
) -> None:
    ca, path = cas(certctl)["issuing"], tmp_path / "ca.crl"
    ran = certctl("cas", "crl", ca["ca_id"], "--out", path, *more)
    assert ran.code == ExitCode.OK, ran.err
    printed = openssl("crl", "-inform", form, "-in", path, "-noout", "-crlnumber")
    assert printed.strip() == f"crlNumber=0x{ca['crls'][0]['crl_number']:02X}"


def test_an_unknown_shard_is_not_found(certctl: Certctl, stack: BridgedStack, tmp_path: Path) -> None:
    ca_id = cas(certctl)["issuing"]["ca_id"]
    ran = certctl("cas", "crl", ca_id, "--out", tmp_path / "ca.crl", "--shard", "77")
    assert ran.code == ExitCode.NOT_FOUND
    assert "0, all" in ran.err
