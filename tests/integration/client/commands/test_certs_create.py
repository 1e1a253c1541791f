"""`certctl certs create` and `renew`: the key is made here and is never lost, wherever a run ends."""

import json
import signal
import stat as modes
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from certctl_client.enrolment.key_types import KeyType
from certctl_client.exit_codes import ExitCode
from tests.integration.client.commands.conftest import Create, belong_together, record_of
from tests.integration.client.conftest import Certctl
from tests.support.client.stack import Asked, BridgedStack
from tests.support.openssl import openssl
from tests.support.template import ROOT

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow


def made(certctl: Certctl, out: Path) -> list[str]:
    """Ids of all records that the tests of this directory made."""
    listed = json.loads(certctl("certs", "list", "--all", "-o", "json").out)
    return [record["id"] for record in listed if record["name"] == f"shop-{out.parent.name}"]


def is_post(asked: Asked) -> bool:
    return asked.method == "POST"


def test_it_writes_key_certificate_and_chain_that_belong_together(create: Create, out: Path) -> None:
    record = record_of(create("--san", "shop.example.com", "--san", "IP:10.0.0.7", "--tag", "tier=front"))

    certificate = out / "certificate.pem"
    assert modes.S_IMODE((out / "key.pem").stat().st_mode) == 0o600
    assert modes.S_IMODE(out.stat().st_mode) == 0o700
    assert belong_together(out)
    names = openssl("x509", "-in", certificate, "-noout", "-ext", "subjectAltName")
    assert "DNS:www.example.com, DNS:shop.example.com, IP Address:10.0.0.7" in names
    assert openssl("verify", "-partial_chain", "-trusted", out / "chain.pem", certificate).endswith("OK\n")
    whole = certificate.read_text() + (out / "chain.pem").read_text()
    assert (out / "fullchain.pem").read_text() == whole
    assert record["key"] == str(out / "key.pem")
    assert sorted(path.name for path in out.iterdir()) == [
        *("certificate.pem", "chain.pem", "fullchain.pem", "key.pem", "request.csr", "request.json")
    ]


@pytest.mark.parametrize("kind", [KeyType.EC_P384, KeyType.RSA_2048, KeyType.ED25519])
def test_every_kind_of_key_is_certified(kind: KeyType, create: Create, out: Path) -> None:
    record_of(create("--key-type", kind))

    assert belong_together(out)


def test_a_repeat_makes_nothing_new(create: Create, certctl: Certctl, out: Path) -> None:
    first = record_of(create())
    files = {path.name: path.read_bytes() for path in out.iterdir()}

    assert record_of(create()) == first
    assert {path.name: path.read_bytes() for path in out.iterdir()} == files
    assert made(certctl, out) == [first["id"]]


def test_an_answer_that_is_lost_makes_no_second_certificate(
    create: Create, certctl: Certctl, stack: BridgedStack, out: Path
) -> None:
    lost: list[Asked] = []

    def is_the_first(asked: Asked) -> bool:
        if lost or not is_post(asked):
            return False
        lost.append(asked)
        return True

    stack.loses = is_the_first

    record = record_of(create())

    assert len(lost) == 1
    assert made(certctl, out) == [record["id"]]
    assert belong_together(out)


@pytest.mark.parametrize("refused", ["POST", "jobs", "versions"])
def test_a_failed_run_keeps_the_key_and_the_next_uses_it(
    refused: str, create: Create, certctl: Certctl, stack: BridgedStack, out: Path
) -> None:
    stack.fails = lambda asked: 500 if refused in f"{asked.method} {asked.path}" else None
    failed = create()
    key = (out / "key.pem").read_bytes()
    stack.fails = lambda _: None

    record = record_of(create())

    assert failed.code == ExitCode.FAILED
    assert f"The key is stored in {out}; repeat the command to continue" in failed.err
    assert (out / "key.pem").read_bytes() == key
    assert made(certctl, out) == [record["id"]]
    assert belong_together(out)


@pytest.mark.parametrize("missing", [("request.csr",), ("request.csr", "key.pem")])
def test_a_run_that_ended_before_it_asked_is_taken_up_where_it_was(
    missing: tuple[str, ...], create: Create, stack: BridgedStack, out: Path
) -> None:
    stack.fails = lambda asked: 500 if is_post(asked) else None
    create()
    for name in missing:
        (out / name).unlink()
    kept = {path.name: path.read_bytes() for path in out.iterdir()}
    stack.fails = lambda _: None

    record_of(create())

    assert belong_together(out)
    assert kept.items() <= {path.name: path.read_bytes() for path in out.iterdir()}.items()


def _heeds_interrupts() -> None:
    """A suite that runs in the background has inherited that SIGINT is ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, ExitCode.INTERRUPTED)])
def test_a_process_that_ends_during_its_request_has_lost_nothing(
    sent: signal.Signals, code: int, create: Create, certctl: Certctl, stack: BridgedStack, out: Path
) -> None:
    arrived, killed = threading.Event(), threading.Event()

    def holds(asked: Asked) -> None:
        if is_post(asked) and not killed.is_set():
            arrived.set()
            killed.wait(30)

    stack.fails = holds
    command = ["certs", "create", "--cn", "www.example.com", "--name", f"shop-{out.parent.name}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "certctl_client", *command, "--out", str(out)],
        env=stack.environment() | {"PYTHONPATH": str(ROOT / "client")},
        preexec_fn=_heeds_interrupts,
    )
    assert arrived.wait(30)
    process.send_signal(sent)
    assert process.wait(30) == code
    key = (out / "key.pem").read_bytes()
    killed.set()

    record = record_of(create())

    assert (out / "key.pem").read_bytes() == key
    assert made(certctl, out) == [record["id"]]
    assert belong_together(out)


def test_a_wait_that_is_too_long_is_gone_on_with_days_later(
    create: Create, certctl: Certctl, stack: BridgedStack, out: Path
) -> None:
    """The server remembers an Idempotency-Key for a day."""
    stack.after = lambda: None
    waited = create("--timeout", "0")
    stack.issuing.stack.clock.advance(timedelta(days=2))
    stack.after = stack.issuing.work

    record = record_of(create())

    assert waited.code == ExitCode.FAILED
    assert "Repeat the command" in waited.err
    assert made(certctl, out) == [record["id"]]
    assert belong_together(out)


def test_a_job_that_ended_badly_says_why_and_what_to_do(
    create: Create, stack: BridgedStack, out: Path
) -> None:
    stack.after = lambda: None
    create("--timeout", "0")
    (job,) = stack.issuing.stack.admin("insights_api").get("/api/v1/jobs", status="Pending").body["data"]
    stack.issuing.stack.admin("insights_api").post(f"/api/v1/jobs/{job['id']}/cancel")
    stack.after = stack.issuing.work

    ran = create()

    assert ran.code == ExitCode.FAILED
    assert f"The job {job['id']} is Cancelled" in ran.err
    assert f"certctl certs renew {job['certificate_id']} --out" in ran.err


def test_what_the_server_refuses_for_good_leaves_no_key_behind(
    create: Create, certctl: Certctl, out: Path
) -> None:
    ran = certctl("certs", "create", "--cn", "not a name", "--out", out)

    assert ran.code == ExitCode.FAILED
    assert "common_name: " in ran.err
    assert list(out.iterdir()) == []
    record_of(create())


def test_another_request_does_not_take_the_directory(create: Create, out: Path) -> None:
    record_of(create())
    files = {path.name: path.read_bytes() for path in out.iterdir()}

    ran = create("--san", "other.example.com")

    assert ran.code == ExitCode.USAGE
    assert "--force" in ran.err
    assert {path.name: path.read_bytes() for path in out.iterdir()} == files


def test_force_starts_over_and_keeps_the_existing_key(create: Create, out: Path) -> None:
    first, key = record_of(create()), (out / "key.pem").read_bytes()

    second = record_of(create("--force"))

    (aside,) = out.glob("previous-*")
    assert (aside / "key.pem").read_bytes() == key
    assert belong_together(aside)
    assert modes.S_IMODE((aside / "key.pem").stat().st_mode) == 0o600
    assert second["id"] != first["id"]
    assert belong_together(out)


def test_a_key_of_something_else_is_never_touched(create: Create, stack: BridgedStack, out: Path) -> None:
    out.mkdir()
    (out / "key.pem").write_text("somebody's")

    ran = create()

    assert ran.code == ExitCode.USAGE
    assert (out / "key.pem").read_text() == "somebody's"
    assert stack.asked == []


def test_a_directory_that_cannot_be_created_is_reported_before_any_request(
    certctl: Certctl, stack: BridgedStack
) -> None:
    ran = certctl("certs", "create", "--cn", "www.example.com", "--out", "/dev/null/x")

    assert ran.code == ExitCode.USAGE
    assert stack.asked == []


def test_a_request_that_is_there_is_certified_and_its_repeat_makes_nothing_new(
    certctl: Certctl, tmp_path: Path
) -> None:
    csr = tmp_path / "www.csr"
    new = ("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl(*new, "-keyout", tmp_path / "k", "-out", csr, "-subj", "/CN=csr.example.com")
    command = ("certs", "create", "--cn", "csr.example.com", "--csr", csr, "-o", "json")

    first, second = record_of(certctl(*command)), record_of(certctl(*command))

    assert first["status"] == "Active"
    assert first["id"] == second["id"]


def test_a_renewal_certifies_a_new_key(
    create: Create, certctl: Certctl, stack: BridgedStack, out: Path, tmp_path: Path
) -> None:
    first, again = record_of(create()), tmp_path / "again"
    certificate_id = first["id"]
    stack.issuing.stack.clock.advance(timedelta(minutes=1))

    renewed = certctl("certs", "renew", certificate_id, "--out", again, "-o", "json")

    assert record_of(renewed)["id"] == certificate_id
    assert belong_together(again)
    assert (again / "key.pem").read_bytes() != (out / "key.pem").read_bytes()
    versions = json.loads(certctl("certs", "versions", certificate_id, "-o", "json").out)
    assert versions[0]["serial_number"] == record_of(renewed)["serial_number"]
    assert len(versions) == 2
    stack.issuing.stack.clock.advance(timedelta(days=2))
    assert certctl("certs", "renew", certificate_id, "--out", again).code == ExitCode.OK
    assert json.loads(certctl("certs", "versions", certificate_id, "-o", "json").out) == versions
    assert record_of(create()) == first  # its own version, not the newest


def test_a_renewal_by_request_waits_and_one_without_awaits_it(
    create: Create, certctl: Certctl, out: Path
) -> None:
    certificate_id = record_of(create())["id"]

    renewed = certctl("certs", "renew", certificate_id, "--csr", out / "request.csr", "-o", "json")
    waiting = certctl("certs", "renew", certificate_id, "-o", "json")

    assert record_of(renewed)["status"] == "Completed"
    assert record_of(waiting)["status"] == "AwaitingCSR"


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        ((), "--out DIR"),
        (("--out", "x", "--csr", "/dev/null"), "one of them"),
        (("--out", "x", "--tag", "tier"), "name=value"),
        (("--csr", "/nowhere"), ""),
        (("--out", "x", "--key-type", "rsa-1024"), "rsa-3072"),
    ],
)
def test_wrong_usage_sends_nothing(
    options: tuple[str, ...], advice: str, certctl: Certctl, stack: BridgedStack
) -> None:
    ran = certctl("certs", "create", "--cn", "www.example.com", *options)

    assert ran.code == ExitCode.USAGE
    assert advice in ran.err
    assert stack.asked == []
