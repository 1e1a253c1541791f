"""`certctl inventory import`, `list`, `get` and `sources` against the stack's own functions."""

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from certctl_client.api.inventory import Inventory
from certctl_client.api.transport import Api
from certctl_client.errors import CommandError
from certctl_client.exit_codes import ExitCode
from certctl_client.importing.scanning import Scan
from certctl_client.importing.sending import Pace, Sender
from certctl_client.importing.sources import Sources
from certctl_client.settings import load_settings
from tests.integration.client.commands.conftest import record_of
from tests.integration.client.conftest import Certctl
from tests.support.client.import_files import certificate, key_pem, pem
from tests.support.client.stack import Asked, BridgedStack

_CA = certificate("ca.example", ca=True)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Two certificates with their keys, a broken file, a text."""
    root = tmp_path / "tls"
    for number in range(2):
        folder = root / f"host-{number}"
        folder.mkdir(parents=True)
        leaf = certificate(f"host-{number}.{tmp_path.name}.example", serial=number + 1)
        (folder / "fullchain.pem").write_bytes(pem(leaf, _CA))
        (folder / "privkey.pem").write_bytes(key_pem())
    (root / "broken.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nMII!\n-----END CERTIFICATE-----\n")
    (root / "README").write_text("keep")
    return root


def _imported(certctl: Certctl, *arguments: str | Path) -> Any:
    return json.loads(certctl("inventory", "import", *arguments, "-o", "json").out)


def _sent(stack: BridgedStack) -> list[Asked]:
    return [each for each in stack.asked if "/inventory/" in each.path]


def test_a_directory_is_imported_and_its_refusals_are_listed(certctl: Certctl, directory: Path) -> None:
    ran = certctl("inventory", "import", directory, "--name", "web-1", "-o", "json")
    record = json.loads(ran.out)
    assert (ran.code, record["added"], record["certificates"]) == (ExitCode.FAILED, 2, 2)
    assert record["completed_at"] is not None
    assert record["private_keys_left"] == {"PKCS #8": 2}
    assert record["refusals"] == [
        {"place": f"file:{directory}/broken.pem", "reason": "A PEM block in it is not base64."}
    ]
    assert "2 private keys left where they are (PKCS #8)" in ran.err


def test_what_has_arrived_is_not_written_again(certctl: Certctl, directory: Path) -> None:
    _imported(certctl, directory, "--name", "web-2")
    again = _imported(certctl, directory, "--name", "web-2")
    assert (again["added"], again["unchanged"], again["new"]) == (0, 2, 0)


def test_no_byte_of_a_private_key_is_sent(certctl: Certctl, stack: BridgedStack, directory: Path) -> None:
    _imported(certctl, directory, "--name", "web-3")
    body = "".join(key_pem().decode().splitlines()[1:-1])
    sent = json.dumps([each.body for each in _sent(stack)])
    assert "PRIVATE" not in sent
    assert body[:40] not in sent
    assert body[40:80] not in sent


def test_a_dry_run_lists_what_would_be_sent_and_sends_nothing(
    certctl: Certctl, stack: BridgedStack, directory: Path
) -> None:
    ran = certctl("inventory", "import", directory, "--dry-run", "-o", "name")
    assert ran.out.splitlines() == [
        f"file:{directory}/host-0/fullchain.pem#1",
        f"file:{directory}/host-1/fullchain.pem#1",
    ]
    assert f"file:{directory}/broken.pem: A PEM block in it is not base64." in ran.err
    assert _sent(stack) == []


def test_an_import_that_was_interrupted_is_continued(
    certctl: Certctl, stack: BridgedStack, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certctl_client.importing.chunks._MOST", 1)
    stack.fails = lambda asked: 409 if asked.path.endswith("chunks/2") else None
    failed = certctl("inventory", "import", directory, "--name", "web-4")
    assert failed.code == ExitCode.FAILED
    import_id = failed.err.partition("--resume ")[2].split()[0].rstrip(".")

    stack.fails = lambda _: None
    stack.asked.clear()
    record = _imported(certctl, directory, "--resume", import_id)

    assert (record["id"], record["chunks"], record["added"]) == (import_id, 2, 2)
    assert all(not each.path.endswith("/imports") for each in _sent(stack))


def _sender(stack: BridgedStack, api: Api, place: Path, waits: list[float]) -> Sender:
    sources = Sources([place], Scan(lambda: ()))
    return Sender(Inventory(api), sources, lambda *_: None, Pace(lambda: sum(waits), waits.append))


@pytest.mark.parametrize(("refusals", "arrives"), [(12, True), (200, False)])
def test_a_chunk_for_which_the_stack_has_no_room_is_sent_again_after_a_second(
    stack: BridgedStack, directory: Path, refusals: int, arrives: bool
) -> None:
    waits, chunks = list[float](), list[Asked]()

    def too_many(asked: Asked) -> int | None:
        if "/chunks/" not in asked.path:
            return None
        chunks.append(asked)
        return 429 if len(chunks) <= refusals else None

    stack.fails = too_many
    with Api(load_settings(stack.environment()), sleep=lambda _: None) as api:
        sender = _sender(stack, api, directory, waits)
        begun = sender.inventory.begin_import({"name": "web-7"})
        if arrives:
            assert sender.send_all(begun)["added"] == 2
            assert waits == [1.0] * (refusals // 4)
        else:
            with pytest.raises(CommandError, match="429"):
                sender.send_all(begun)


def test_standard_input_is_imported(certctl: Certctl, monkeypatch: pytest.MonkeyPatch) -> None:
    text = pem(certificate("piped.example"))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text), isatty=lambda: False))
    assert _imported(certctl, "-", "--name", "pipe")["added"] == 1


def test_a_key_that_is_named_is_refused_with_its_format(certctl: Certctl, tmp_path: Path) -> None:
    (tmp_path / "server.key").write_bytes(key_pem())
    ran = certctl("inventory", "import", tmp_path / "server.key", "--dry-run")
    assert ran.code == ExitCode.FAILED
    assert "It is a private key (PKCS #8). Keys stay where they are: only certificates are sent." in ran.err


def test_a_password_file_that_others_may_read_is_refused(certctl: Certctl, directory: Path) -> None:
    passwords = directory / "passwords"
    passwords.write_text("secret\n")
    passwords.chmod(0o644)
    ran = certctl("inventory", "import", directory, "--password-file", passwords)
    assert (ran.code, "Others may read" in ran.err) == (ExitCode.USAGE, True)


def test_a_place_that_does_not_exist_is_refused(certctl: Certctl, tmp_path: Path) -> None:
    ran = certctl("inventory", "import", tmp_path / "nowhere", "--dry-run")
    assert (ran.code, "does not exist" in ran.err) == (ExitCode.USAGE, True)


def test_observed_certificates_are_listed_and_shown_with_their_places(
    certctl: Certctl, directory: Path
) -> None:
    _imported(certctl, directory, "--name", "web-5")
    name = f"host-1.{directory.parent.name}.example"
    [listed] = json.loads(certctl("inventory", "list", "--search", name, "-o", "json").out)
    shown = record_of(certctl("inventory", "get", listed["fingerprint"], "-o", "json"))
    assert [each["place"] for each in shown["places"]] == [f"file:{directory}/host-1/fullchain.pem#1"]


def test_sources_are_listed(certctl: Certctl, directory: Path) -> None:
    _imported(certctl, directory, "--name", "web-6")
    sources = json.loads(certctl("inventory", "sources", "-o", "json").out)
    assert [each["kind"] for each in sources] == ["upload"]
