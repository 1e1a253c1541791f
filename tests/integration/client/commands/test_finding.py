"""`certctl certs find`, `inspect`, `get NAME` and lists by several values; `jobs wait`; typos in filters."""

import json
from pathlib import Path
from typing import Any

import pytest

from certctl_client.exit_codes import ExitCode
from tests.integration.client.commands.conftest import record_of
from tests.integration.client.conftest import Certctl
from tests.support.client.stack import BridgedStack


@pytest.fixture(scope="module")
def shop(shared_stack: BridgedStack) -> Any:
    """An issued certificate that all tests of this module read."""
    return shared_stack.issuing.issued("shop.finding.example", id="shop", tags={"cost": "42", "tier": "1"})


@pytest.fixture(scope="module")
def waiting(shared_stack: BridgedStack) -> Any:
    """A certificate whose job awaits a CSR."""
    return shared_stack.issuing.created("waiting.finding.example", id="waiting", csr_pem=None).body


def _ids(certctl: Certctl, *filters: str) -> list[str]:
    ran = certctl("certs", "list", *filters, "-o", "json")
    assert ran.code == ExitCode.OK, ran.err
    return [record["id"] for record in json.loads(ran.out)]


def _serial(certctl: Certctl) -> str:
    return str(record_of(certctl("certs", "get", "shop", "-o", "json"))["serial_number"])


@pytest.mark.usefixtures("shop")
def test_a_serial_and_a_fingerprint_lead_to_the_certificate(certctl: Certctl) -> None:
    serial = _serial(certctl)
    spelt = ":".join(serial[n : n + 2] for n in range(0, len(serial), 2)).upper()

    found = record_of(certctl("certs", "find", spelt, "-o", "json"))

    assert (found["certificate_id"], found["serial_number"], found["status"]) == ("shop", serial, "Active")
    assert record_of(certctl("certs", "find", str(int(serial, 16)), "-o", "json")) == found
    assert record_of(certctl("certs", "find", found["fingerprint_sha256"], "-o", "json")) == found
    assert _ids(certctl, "--serial", spelt) == ["shop"]


def test_a_serial_from_elsewhere_is_told_so(certctl: Certctl) -> None:
    ran = certctl("certs", "find", "407c" * 10)
    assert ran.code == ExitCode.NOT_FOUND
    assert "iss-local never issued it: it comes from another CA" in ran.err


@pytest.mark.usefixtures("shop")
def test_a_file_is_inspected_and_recognized(certctl: Certctl, tmp_path: Path) -> None:
    chain = tmp_path / "chain.pem"
    assert certctl("certs", "export", "shop", "--out", chain).code == ExitCode.OK

    leaf, issuer = record_of(certctl("certs", "inspect", chain, "-o", "json"))["certificates"]

    assert leaf["names"] == ["DNS:shop.finding.example"]
    assert leaf["serial_number"] == _serial(certctl)
    assert (leaf["known_as"]["certificate_id"], leaf["known_as"]["status"]) == ("shop", "Active")
    assert issuer["ca"]
    assert "known_as" not in issuer
    assert "Certificate 2 of 2" in certctl("certs", "inspect", chain).out


@pytest.mark.usefixtures("shop")
def test_a_file_is_inspected_without_a_server(certctl: Certctl, stack: BridgedStack, tmp_path: Path) -> None:
    chain = tmp_path / "chain.pem"
    certctl("certs", "export", "shop", "--out", chain)
    stack.asked.clear()
    offline = record_of(certctl("certs", "inspect", chain, "--offline", "-o", "json"))
    assert stack.asked == []
    assert "known_as" not in offline["certificates"][0]
    stack.fails = lambda _: 403

    ran = certctl("certs", "inspect", chain)

    assert ran.code == ExitCode.OK
    assert "was not looked up on the server" in ran.err


@pytest.mark.usefixtures("shop")
def test_a_certificate_is_read_by_its_name_if_only_one_has_it(certctl: Certctl, stack: BridgedStack) -> None:
    assert record_of(certctl("certs", "get", "shop.finding.example", "-o", "json"))["id"] == "shop"
    missing = certctl("certs", "get", "none.finding.example")
    assert missing.code == ExitCode.NOT_FOUND
    assert "No certificate has the id or name none.finding.example." in missing.err

    twins = [stack.issuing.issued("twin.finding.example", id=f"twin-{n}")["id"] for n in range(2)]

    several = certctl("certs", "get", "twin.finding.example")
    assert several.code == ExitCode.USAGE
    assert all(twin in several.err for twin in twins)


def test_an_id_that_does_not_exist_is_repeated(certctl: Certctl) -> None:
    assert "There is no certificate mc-nothing." in certctl("certs", "get", "mc-nothing").err
    assert "There is no team t-nothing." in certctl("teams", "get", "t-nothing").err


@pytest.mark.usefixtures("shop", "waiting")
def test_lists_take_several_values_in_any_case(certctl: Certctl) -> None:
    both = _ids(certctl, "--status", "active", "--status", "PENDING", "--all")
    pending = _ids(certctl, "--status", "pending", "--all")

    assert {"shop", "waiting"} <= set(both)
    assert "waiting" in pending
    assert "shop" not in pending
    assert set(_ids(certctl, "--status", "Active", "--all")) | set(pending) == set(both)
    typo = certctl("certs", "list", "--status", "Actve")
    assert typo.code == ExitCode.USAGE
    assert "Active" in typo.err


@pytest.mark.usefixtures("shop", "waiting")
def test_several_statuses_are_sorted_together_where_each_of_them_has_that_order(certctl: Certctl) -> None:
    by_expiry = ("--status", "Active", "--sort", "-expires_at", "--all")
    assert "shop" in _ids(certctl, "--status", "Expiring", *by_expiry)
    refused = certctl("certs", "list", "--status", "Pending", *by_expiry)
    assert refused.code == ExitCode.FAILED
    assert "in no order of expiry" in refused.err


@pytest.mark.usefixtures("shop", "waiting")
def test_jobs_of_several_statuses_are_one_list_newest_first(certctl: Certctl) -> None:
    ran = certctl("jobs", "list", "--status", "completed", "--status", "AwaitingCSR", "-o", "json")
    jobs = json.loads(ran.out)
    assert {job["status"] for job in jobs} == {"Completed", "AwaitingCSR"}
    times = [job["created_at"] for job in jobs]
    assert times == sorted(times, reverse=True)


@pytest.mark.usefixtures("shop")
def test_certificates_are_listed_by_tag(certctl: Certctl) -> None:
    assert _ids(certctl, "--tag", "cost=42") == ["shop"]
    assert _ids(certctl, "--tag", "cost", "--tag", "tier=1") == ["shop"]
    assert _ids(certctl, "--tag", "cost=4") == []
    assert certctl("certs", "list", "--tag", "cost=42", "--sort", "created_at").code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("certs", "list", "--team", "nope"), "There is no team nope."),
        (("certs", "list", "--target", "nope"), "There is no such target"),
        (("certs", "list", "--issuer", "nope"), "There is no issuer nope."),
        (("jobs", "list", "--certificate", "nope"), "There is no certificate nope."),
        (("notifications", "list", "--channel", "nope"), "There is no channel nope."),
        (("notifications", "requeue", "--all", "--channel", "nope"), "There is no channel nope."),
    ],
)
def test_a_typo_in_a_filter_is_an_error(command: tuple[str, ...], message: str, certctl: Certctl) -> None:
    ran = certctl(*command)
    assert ran.code == ExitCode.NOT_FOUND
    assert message.replace("such target", "target nope") in ran.err
    assert ran.out == ""


def test_what_exists_is_named(certctl: Certctl) -> None:
    assert certctl("teams", "create", "--id", "t-known", "--name", "Known").code == ExitCode.OK
    assert certctl("certs", "list", "--team", "t-known").code == ExitCode.OK
    assert "t-known" in certctl("certs", "list", "--team", "nope").err


@pytest.mark.usefixtures("shop", "waiting")
def test_the_exit_code_of_a_wait_tells_the_outcome(certctl: Certctl) -> None:
    def job_of(certificate_id: str) -> str:
        ran = certctl("jobs", "list", "--certificate", certificate_id, "-o", "json")
        return str(json.loads(ran.out)[0]["id"])

    done = certctl("jobs", "wait", job_of("shop"))
    open_ = certctl("jobs", "wait", job_of("waiting"), "--timeout", "0")

    assert done.code == ExitCode.OK
    assert open_.code == ExitCode.NOT_ENDED
    assert "awaits a CSR" in open_.err


def test_a_job_that_was_cancelled_is_a_failure(certctl: Certctl) -> None:
    made = record_of(
        certctl("certs", "create", "--cn", "cancelled.finding.example", "--await-csr", "-o", "json")
    )
    assert certctl("jobs", "cancel", made["job_id"], "--yes").code == ExitCode.OK
    assert certctl("jobs", "wait", made["job_id"]).code == ExitCode.FAILED


def test_the_next_step_of_a_request_without_a_csr_is_named(certctl: Certctl) -> None:
    ran = certctl("certs", "create", "--cn", "next.finding.example", "--await-csr", "-o", "json")
    made = record_of(ran)
    assert f"The job {made['job_id']} awaits a CSR. Submit one: certctl certs csr {made['id']}" in ran.err


def test_an_open_job_is_named_with_its_command(certctl: Certctl) -> None:
    made = record_of(certctl("certs", "create", "--cn", "open.finding.example", "--await-csr", "-o", "json"))
    ran = certctl("certs", "renew", made["id"])
    assert ran.code == ExitCode.FAILED
    assert f"See `certctl jobs get {made['job_id']}`" in ran.err


def test_a_second_certificate_of_a_name_is_announced(certctl: Certctl) -> None:
    command = ("certs", "create", "--cn", "double.finding.example", "--await-csr", "-o", "json")
    first = certctl(*command)
    second = certctl(*command)
    assert "is also the name of" not in first.err
    assert f"double.finding.example is also the name of: {record_of(first)['id']}." in second.err


def test_a_name_in_another_script_is_requested_in_a_labels(certctl: Certctl) -> None:
    ran = certctl("certs", "create", "--cn", "bücher.example", "--await-csr", "-o", "json")
    made = record_of(ran)
    assert made["common_name"] == "xn--bcher-kva.example"
    assert "bücher.example is requested as xn--bcher-kva.example." in ran.err
    assert "xn--bcher-kva.example (bücher.example)" in certctl("certs", "list", "--search", "bücher").out
    assert record_of(certctl("certs", "get", "bücher.example", "-o", "json"))["id"] == made["id"]


@pytest.mark.parametrize("text", ["yesterday", "30 days"])
def test_a_time_that_cannot_be_read_names_every_form(text: str, certctl: Certctl) -> None:
    ran = certctl("certs", "list", "--expires-before", text)
    assert ran.code == ExitCode.USAGE
    assert "2026-11-24T13:00:00Z, or a span from now: 12h, 30d." in ran.err
