"""`certctl issuers`, `targets`, `owners`, `teams`, `profiles`, `policies`, `renewal-policies`, `agents`."""

import io
import json
import stat as modes
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from certctl.domain.access.permissions import Role
from certctl_client.catalog.kinds import KINDS
from certctl_client.exit_codes import ExitCode
from tests.integration.client.commands.conftest import record_of
from tests.integration.client.conftest import Certctl
from tests.support.client.stack import BridgedStack

_NEW = {
    kind: tuple(options.split())
    for kind, options in {
        "issuers": "--type ACME --setting directory_url=https://acme.example.com/directory"
        " --setting terms_of_service_agreed=true",
        "targets": "--type ACM --setting region=eu-west-1 --team t-default",
        "owners": "--email ada@example.com --team t-default",
        "teams": "--email pki@example.com --description shop"
        " --allow-name **.shop.example.com --allow-name *:*",
        "profiles": "--usage serverAuth --usage clientAuth --max-ttl 7d --key RSA:3072,4096 --key ECDSA"
        " --san-pattern DNS:*.example.com --requires-approval --no-rev-avail",
        "policies": '--type AllowedDomains --severity Error --no-enabled --setting domains=["*.example.com"]',
        "renewal-policies": "--renewal-window-days 20 --no-auto-renew --on-renewal rekey"
        " --alert-threshold-days 14 --alert-threshold-days 3",
    }.items()
}
_SAID: dict[str, dict[str, Any]] = {
    "issuers": {"config": {"directory_url": "https://acme.example.com/directory"}},
    "targets": {"config": {"region": "eu-west-1"}, "enabled": True},
    "owners": {"email": "ada@example.com"},
    "teams": {"description": "shop", "allowed_names": ["DNS:**.shop.example.com", "*:*"]},
    "profiles": {
        "extended_key_usages": ["serverAuth", "clientAuth"],
        "max_ttl_seconds": 7 * 86_400,
        "keys": [{"algorithm": "RSA", "sizes": [3072, 4096]}, {"algorithm": "ECDSA", "sizes": []}],
        "san_patterns": ["DNS:*.example.com"],
        "requires_approval": True,
        "no_rev_avail": True,
    },
    "policies": {"config": {"domains": ["*.example.com"]}, "enabled": False},
    "renewal-policies": {
        "renewal_window_days": 20,
        "auto_renew": False,
        "alert_thresholds_days": [14, 3],
        "on_renewal": "rekey",
    },
}


@pytest.fixture
def team(certctl: Certctl, request: pytest.FixtureRequest) -> dict[str, Any]:
    """A team for this test only."""
    return record_of(
        certctl("teams", "create", "--name", request.node.name, "--allow-name", "*:*", "-o", "json")
    )


@pytest.mark.parametrize("kind", _NEW)
def test_each_kind_is_made_listed_changed_and_deleted(kind: str, certctl: Certctl) -> None:
    made = record_of(certctl(kind, "create", "--name", f"first-{kind}", *_NEW[kind], "-o", "json"))
    changed = record_of(certctl(kind, "edit", made["id"], "--name", f"second-{kind}", "-o", "json"))
    found = json.loads(certctl(kind, "list", "--name", f"SECOND-{kind}", "-o", "json").out)
    shown = certctl(kind, "list", "--name", f"second-{kind}").out
    deleted = certctl(kind, "delete", made["id"], "--yes")

    for field, value in _SAID[kind].items():
        assert value.items() <= made[field].items() if isinstance(value, dict) else made[field] == value
    changing = ("name", "version", "updated_at")
    assert {f: v for f, v in changed.items() if f not in changing} == {
        f: v for f, v in made.items() if f not in changing
    }
    assert (changed["version"], [record["id"] for record in found]) == (2, [made["id"]])
    assert all(heading in shown for heading in KINDS[kind].columns)
    assert made["id"] in shown
    assert deleted.code == ExitCode.OK
    assert certctl(kind, "get", made["id"]).code == ExitCode.NOT_FOUND


def test_a_record_is_changed_in_a_file_and_put_back(
    certctl: Certctl, team: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "team.yaml"
    record = yaml.safe_load(certctl("teams", "get", team["id"], "-o", "yaml").out)
    file.write_text(yaml.safe_dump({**record, "description": "Payments"}))

    changed = record_of(certctl("teams", "edit", team["id"], "--from-file", file, "-o", "json"))
    stale = certctl("teams", "edit", team["id"], "--from-file", file, "--email", "x@example.com")

    assert (changed["description"], changed["version"]) == ("Payments", 2)
    assert stale.code == ExitCode.FAILED
    assert "version 1 then, 2 now" in stale.err
    assert f"certctl teams get {team['id']}" in stale.err


def test_a_record_is_read_from_standard_input_and_options_win(
    certctl: Certctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = {"name": "from-stdin", "renewal_window_days": 10, "version": 7, "created_at": "x"}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(yaml.safe_dump(record).encode())))

    made = record_of(
        certctl("renewal-policies", "create", "--from-file", "-", "--max-retries", "5", "-o", "json")
    )

    assert (made["name"], made["renewal_window_days"], made["max_retries"]) == ("from-stdin", 10, 5)


@pytest.mark.parametrize("content", ["[1, 2]", "name: [", "name: 2026-11-24", "\x00", ""])
def test_an_invalid_record_file_is_never_sent(
    content: str, certctl: Certctl, stack: BridgedStack, tmp_path: Path
) -> None:
    file = tmp_path / "record"
    file.write_text(content)
    assert certctl("teams", "create", "--from-file", file).code == ExitCode.USAGE
    assert stack.asked == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("teams", "create"),
        ("policies", "create", "--name", "x", "--type", "AllowedDomains", "--severity", "Error"),
        ("policies", "create", "--name", "x", "--type", "Nonsense"),
        ("targets", "create", "--name", "x", "--type", "ACM", "--setting", "region"),
        ("profiles", "create", "--name", "x", "--usage", "serverAuth", "--key", "RSA:big"),
        ("profiles", "create", "--name", "x", "--usage", "serverAuth", "--max-ttl", "long"),
        ("teams", "edit", "t-default"),
        ("agents", "retire", "agt-1", "--force", "--yes"),
        ("agents", "retire", "agt-1", "--reason", "gone", "--yes"),
        ("certs", "edit", "mc-1"),
        ("certs", "edit", "mc-1", "--tag", "name", "--name", "x"),
    ],
)
def test_what_cannot_be_right_changes_nothing(
    arguments: tuple[str, ...], certctl: Certctl, stack: BridgedStack
) -> None:
    ran = certctl(*arguments)
    assert ran.code in (ExitCode.USAGE, ExitCode.NOT_FOUND)
    assert all(asked.method == "GET" for asked in stack.asked)


def test_what_the_server_refuses_is_said_by_field(certctl: Certctl) -> None:
    ran = certctl("targets", "create", "--name", "x", "--type", "NGINX", "--setting", "key_path=relative")
    assert ran.code == ExitCode.FAILED
    assert "certificate_path" in ran.err


def test_a_change_by_somebody_else_is_not_overwritten(
    certctl: Certctl, stack: BridgedStack, team: dict[str, Any]
) -> None:
    admin = stack.issuing.stack.admin("catalog_api")
    path = f"/api/v1/teams/{team['id']}"

    def first_somebody_else(asked: Any) -> None:
        if asked.method == "PUT":
            admin.put(path, {"name": team["name"], "description": "theirs"})

    stack.fails = first_somebody_else
    ran = certctl("teams", "edit", team["id"], "--description", "ours")

    assert ran.code == ExitCode.FAILED
    assert "version 1 then, 2 now" in ran.err
    assert record_of(certctl("teams", "get", team["id"], "-o", "json"))["description"] == "theirs"


def test_a_change_whose_answer_is_lost_was_made(
    certctl: Certctl, stack: BridgedStack, team: dict[str, Any]
) -> None:
    stack.asked.clear()
    stack.loses = lambda _: [asked.method for asked in stack.asked] == ["GET", "PUT"]

    changed = record_of(certctl("teams", "edit", team["id"], "--description", "ours", "-o", "json"))

    assert (changed["description"], changed["version"]) == ("ours", 2)
    assert [asked.method for asked in stack.asked] == ["GET", "PUT", "PUT", "GET"]


def test_a_taken_name_is_not_reported_as_a_concurrent_change(certctl: Certctl, team: dict[str, Any]) -> None:
    other = record_of(certctl("teams", "create", "--name", "other", "-o", "json"))
    ran = certctl("teams", "edit", other["id"], "--name", team["name"])
    assert ran.code == ExitCode.FAILED
    assert f"There is a team named {team['name']} already" in ran.err
    assert "changed since" not in ran.err


def test_what_is_in_use_is_not_deleted_and_the_uses_are_counted(
    certctl: Certctl, stack: BridgedStack, team: dict[str, Any]
) -> None:
    certctl("owners", "create", "--name", f"of-{team['id']}", "--team", team["id"])
    stack.issuing.issued("used.example.com", team_id=team["id"])

    ran = certctl("teams", "delete", team["id"], "--yes")

    assert ran.code == ExitCode.FAILED
    assert "in use by 1 certificate, 1 owner" in ran.err
    assert f"certctl certs list --team {team['id']}" in ran.err


def test_a_deletion_must_be_confirmed(certctl: Certctl, team: dict[str, Any], stack: BridgedStack) -> None:
    assert certctl("teams", "delete", team["id"]).code == ExitCode.USAGE
    assert all(asked.method != "DELETE" for asked in stack.asked)


def test_issuers_and_targets_are_tested(certctl: Certctl) -> None:
    target = record_of(certctl("targets", "create", "--name", "tested", *_NEW["targets"], "-o", "json"))
    issuer = record_of(certctl("issuers", "create", "--name", "tested", *_NEW["issuers"], "-o", "json"))

    for kind, record in (("issuers", issuer), ("targets", target)):
        ran = certctl(kind, "test", record["id"], "-o", "json")
        tested = json.loads(ran.out)
        assert ran.code == (ExitCode.OK if tested["passed"] else ExitCode.FAILED)
        assert tested["checks"]
        assert "DETAIL" in certctl(kind, "test", record["id"]).out


def test_certificates_are_put_on_targets_and_read_from_both_sides(
    certctl: Certctl, stack: BridgedStack
) -> None:
    target = record_of(certctl("targets", "create", "--name", "both", *_NEW["targets"], "-o", "json"))
    certificate = stack.issuing.issued("both.example.com", tags={"cost": "1", "app": "shop"})["id"]

    tags = ("--tag", "cost=", "--tag", "env=a")
    edited = record_of(certctl("certs", "edit", certificate, "--target", target["id"], *tags, "-o", "json"))
    (found,) = json.loads(certctl("targets", "certificates", target["id"], "-o", "json").out)
    emptied = record_of(certctl("certs", "edit", certificate, "--target", "", "-o", "json"))

    assert (edited["target_ids"], edited["tags"]) == ([target["id"]], {"app": "shop", "env": "a"})
    assert found["id"] == certificate
    assert emptied["target_ids"] == []


def test_an_agent_is_registered_with_a_key_and_retired(certctl: Certctl, tmp_path: Path) -> None:
    key = tmp_path / "agent.key"
    register = ("agents", "register", "--hostname", "web-1", "--team", "t-default", "-o", "json")

    shown = record_of(certctl(*register, "--name", "shown"))
    ran = certctl(*register, "--name", "written", "--key-file", key)
    written = record_of(ran)
    of_agent = ("targets", "create", "--name", "of-agent", "--agent", written["id"], *_NEW["targets"])
    target = record_of(certctl(*of_agent, "-o", "json"))
    refused = certctl("agents", "retire", written["id"], "--yes")
    retired = certctl("agents", "retire", written["id"], "--force", "--reason", "host gone", "--yes")

    assert shown["key"].startswith("certctl_")
    assert modes.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_text().strip() not in ran.out + ran.err
    assert (refused.code, "1 target" in refused.err) == (ExitCode.FAILED, True)
    assert "--force --reason" in refused.err
    assert retired.code == ExitCode.OK
    assert target["agent_id"] == written["id"]
    assert _named(certctl, "targets", "of-agent")["agent_id"] is None
    assert certctl("agents", "get", written["id"]).code == ExitCode.NOT_FOUND


def _named(certctl: Certctl, kind: str, name: str) -> dict[str, Any]:
    (found,) = json.loads(certctl(kind, "list", "--name", name, "-o", "json").out)
    return dict(found)


def test_an_agent_whose_key_cannot_be_written_is_retired_at_once(certctl: Certctl) -> None:
    ran = certctl("agents", "register", "--name", "lost", "--hostname", "h", "--team", "t-default")
    assert ran.code == ExitCode.OK
    unwritten = ("agents", "register", "--name", "unwritten", "--hostname", "h", "--team", "t-default")
    assert certctl(*unwritten, "--key-file", "/proc/no.key").code == ExitCode.FAILED
    assert json.loads(certctl("agents", "list", "--name", "unwritten", "-o", "json").out) == []


def test_a_key_says_whose_it_is_and_what_it_may_do(certctl: Certctl, stack: BridgedStack) -> None:
    viewer = stack.issuing.stack.new_key(Role.VIEWER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CERTCTL_API_KEY", viewer)
        own = record_of(certctl("whoami", "-o", "json"))
        shown = certctl("whoami").out
        denied = certctl("teams", "create", "--name", "x")

    assert own["role"] == "viewer"
    assert {"permission": "certificates:read", "scope": "own teams"} in own["permissions"]
    assert "certificates:read" in shown
    assert denied.code == ExitCode.DENIED


def test_lists_are_sorted_by_the_server(certctl: Certctl, stack: BridgedStack) -> None:
    wanted = {"certificates": "-created_at", "jobs": "created_at", "notifications": "created_at"}
    for path, order in wanted.items():
        command = path.replace("certificates", "certs")
        assert certctl(command, "list", "--sort", order, "--limit", "1").code == ExitCode.OK
    assert {a.path.rpartition("/")[2]: a.query["sort"] for a in stack.asked} == wanted
    assert certctl("certs", "list", "--sort", "name").code == ExitCode.USAGE


def test_the_shell_completes_ids(
    certctl: Certctl, team: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_CERTCTL_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"certctl teams edit {team['id'][:-1]}")
    monkeypatch.setenv("COMP_CWORD", "3")
    assert certctl().out.split() == [team["id"]]


def test_completion_is_silent_where_it_cannot_ask(certctl: Certctl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CERTCTL_API_KEY")
    monkeypatch.setenv("_CERTCTL_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "certctl profiles get s")
    monkeypatch.setenv("COMP_CWORD", "3")
    ran = certctl()
    assert (ran.out.strip(), ran.err) == ("", "")


def test_what_broke_a_policy_is_listed(certctl: Certctl, stack: BridgedStack) -> None:
    new = ("policies", "create", "--name", "violated", "--type", "AllowedEnvironments")
    policy = record_of(
        certctl(*new, "--severity", "Warning", "--setting", 'environments=["x"]', "-o", "json")
    )
    stack.issuing.stack.clock.advance(timedelta(minutes=2))  # functions remember policies for one
    stack.issuing.created("violating.example.com")

    of_one = json.loads(certctl("policies", "violations", policy["id"], "-o", "json").out)
    shown = certctl("policies", "violations").out
    certctl("policies", "delete", policy["id"], "--yes")

    assert {violation["policy_id"] for violation in of_one} == {policy["id"]}
    assert "violating.example.com" in shown


def test_a_policy_is_previewed_before_it_is_stored(certctl: Certctl, stack: BridgedStack) -> None:
    for name in ("previewed.example.com", "another.example.com"):
        stack.issuing.created(name)
    new = ("--name", "draft", "--severity", "Error", "--type", "CertificateLifetime")
    draft = ("policies", "preview", "--name", "draft", "--severity", "Error", "--type", "AllowedDomains")

    broken = certctl(*draft, "--setting", 'domains=["example.org"]', "-o", "json")
    shown = certctl(*draft, "--setting", 'domains=["example.org"]').out
    kept = certctl("policies", "preview", *new, "--setting", "max_days=3650")
    unknown = certctl("policies", "preview", *new, "--setting", "max_days=3650", "--limit", "1")
    policies = json.loads(certctl("policies", "list", "-o", "json").out)

    found = json.loads(broken.out)
    assert broken.code == ExitCode.FAILED
    assert found["complete"] is True
    assert found["violating"] == len(found["certificates"]) == found["evaluated"]
    assert "previewed.example.com" in {each["common_name"] for each in found["certificates"]}
    assert "is in none of the allowed domains: example.org" in shown
    assert (kept.code, unknown.code) == (ExitCode.OK, ExitCode.FAILED)
    assert "draft" not in {policy["name"] for policy in policies}


def test_a_certificate_that_somebody_else_changed_is_not_overwritten(
    certctl: Certctl, stack: BridgedStack
) -> None:
    certificate = stack.issuing.issued("raced.example.com")["id"]
    admin = stack.issuing.stack.admin("certificates_api")

    def first_somebody_else(asked: Any) -> None:
        if asked.method == "PUT":
            admin.put(asked.path, {"tags": {"theirs": "1"}})

    stack.fails = first_somebody_else
    ran = certctl("certs", "edit", certificate, "--tag", "ours=1")

    assert ran.code == ExitCode.FAILED
    assert "was changed since it was read" in ran.err
    assert stack.issuing.read(certificate)["tags"] == {"theirs": "1"}


def test_what_a_profile_wants_approved_is_approved_by_somebody_else(
    certctl: Certctl, stack: BridgedStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = ("profiles", "create", "--name", "approved", "--usage", "serverAuth", "--requires-approval")
    profile = record_of(certctl(*new, "-o", "json"))
    made = stack.issuing.created("approved.example.com", profile_id=profile["id"]).body
    job = made["job_id"]

    own = certctl("jobs", "approve", job)
    monkeypatch.setenv("CERTCTL_API_KEY", stack.issuing.stack.new_key(Role.ADMIN))
    approved = certctl("jobs", "approve", job, "-o", "json")
    other = stack.issuing.created("other.example.com", profile_id=profile["id"]).body["job_id"]
    refused = certctl("jobs", "reject", other)
    rejected = record_of(certctl("jobs", "reject", other, "--yes", "-o", "json"))

    assert own.code == ExitCode.DENIED
    assert record_of(approved)["approved_by"] is not None
    assert refused.code == ExitCode.USAGE
    assert rejected["status"] == "Cancelled"
    assert certctl("jobs", "cancel", other, "--yes").code == ExitCode.FAILED
