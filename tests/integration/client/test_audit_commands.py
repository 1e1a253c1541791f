"""`certctl audit` against a server on loopback: its files, output and exit codes."""

import json
import stat
from pathlib import Path

import pytest

from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.client.server import LoopbackServer, Reply, audit_api, problem
from tests.support.client.trails import Sealer, full_bundle, new_trail

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow


@pytest.fixture
def pinned(certctl: Certctl, tmp_path: Path) -> tuple[Path, Path]:
    """Key and head, as an auditor keeps them."""
    key, head = tmp_path / "key.pem", tmp_path / "head.json"
    assert certctl("audit", "key", "--out", key).code == ExitCode.OK
    assert certctl("audit", "head", "--out", head).code == ExitCode.OK
    return key, head


def test_events_are_listed_newest_first(certctl: Certctl, served_trail: Sealer) -> None:
    ran = certctl("audit", "list", "--limit", "25", "--output", "json")
    lines = [line for sealed in served_trail.sealed for line in sealed.lines]
    assert ran.code == ExitCode.OK
    assert json.loads(ran.out) == [json.loads(line) for line in lines[::-1][:25]]


def test_the_list_says_that_there_is_more_and_has_all_if_asked(
    certctl: Certctl, served_trail: Sealer
) -> None:
    some, all_ = certctl("audit", "list", "--limit", "3"), certctl("audit", "list", "--all", "-o", "json")
    assert "There are more: use --all or a larger --limit." in some.err
    assert len(json.loads(all_.out)) == sum(len(sealed.lines) for sealed in served_trail.sealed)
    assert all_.err == ""


def test_filters_go_to_the_server(certctl: Certctl, server: LoopbackServer) -> None:
    options = ("--actor", "key-1", "--actor-type", "User", "--resource-type", "certificate")
    more = ("--resource-id", "mc-1", "--from", "2026-11-24", "--to", "2026-11-24T13:00:00+01:00")
    certctl("audit", "list", "--action", "certificate_updated", "--kind", "changes", *options, *more)
    assert server.asked[0].query == {
        "actor": "key-1",
        "actor_type": "User",
        "action": "certificate_updated",
        "resource_type": "certificate",
        "resource_id": "mc-1",
        "from": "2026-11-24T00:00:00Z",
        "to": "2026-11-24T12:00:00Z",
        "kind": "changes",
        "per_page": "51",
    }


def test_a_table_shows_the_events_whole(certctl: Certctl) -> None:
    ran = certctl("audit", "list", "--limit", "3")
    columns = ["TIME", "WHAT", "ACTOR", "CREDENTIAL", "RESOURCE", "TEAM", "EVENT"]
    assert ran.out.splitlines()[0].split() == columns
    assert len(ran.out.splitlines()) == 4
    assert "aud-" in ran.out


def test_one_event_is_shown(certctl: Certctl, served_trail: Sealer) -> None:
    line = served_trail.sealed[0].lines[0]
    event_id = json.loads(line)["id"]
    assert json.loads(certctl("audit", "get", event_id, "-o", "json").out) == json.loads(line)
    assert event_id in certctl("audit", "get", event_id).out


def test_an_unknown_event_has_its_own_exit_code(certctl: Certctl) -> None:
    ran = certctl("audit", "get", "aud-nothing")
    assert ran.code == ExitCode.NOT_FOUND
    assert "There is no such event." in ran.err
    assert ran.out == ""


def test_head_and_key_are_shown_and_kept(
    certctl: Certctl, served_trail: Sealer, pinned: tuple[Path, Path]
) -> None:
    newest = served_trail.sealed[-1]
    assert json.loads(certctl("audit", "head", "-o", "json").out) == newest.signed_head()
    assert newest.head["root"] in certctl("audit", "head").out
    assert served_trail.key_sha256 in certctl("audit", "key").out
    assert json.loads(certctl("audit", "key", "-o", "json").out)["key_sha256"] == served_trail.key_sha256
    assert pinned[0].read_bytes() == served_trail.pem
    assert json.loads(pinned[1].read_bytes()) == newest.signed_head()


def test_a_kept_head_is_not_written_over(certctl: Certctl, pinned: tuple[Path, Path]) -> None:
    ran = certctl("audit", "head", "--out", pinned[1])
    assert ran.code == ExitCode.FAILED
    assert "exists already" in ran.err


def test_a_full_export_is_the_trail_as_stored_and_verifies(
    certctl: Certctl, served_trail: Sealer, pinned: tuple[Path, Path], tmp_path: Path
) -> None:
    out, (key, head) = tmp_path / "trail", pinned
    assert certctl("audit", "export", "--out", out).code == ExitCode.OK
    expected = full_bundle(served_trail).write(tmp_path / "expected")
    assert {f.name: f.read_bytes() for f in out.iterdir()} == {
        f.name: f.read_bytes() for f in expected.iterdir()
    }
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {stat.S_IMODE(f.stat().st_mode) for f in out.iterdir()} == {0o600}
    ran = certctl("audit", "verify", out, "--key", key, "--head", head, "-o", "json")
    report = json.loads(ran.out)
    assert ran.code == ExitCode.OK
    assert (report["intact"], report["complete"], report["head_checked"], report["key_pinned"]) == (True,) * 4
    assert (report["events"], report["seals"]) == (120, 14)


def test_a_filtered_export_has_proofs_and_verifies(
    certctl: Certctl, pinned: tuple[Path, Path], tmp_path: Path
) -> None:
    out, (key, head) = tmp_path / "some", pinned
    ran = certctl("audit", "export", "--out", out, "--action", "certificate_updated")
    assert ran.code == ExitCode.OK
    assert "1 that are not sealed yet" in ran.err
    assert sorted(f.name for f in out.iterdir()) == ["events.jsonl", "heads.jsonl", "key.pem", "proofs.jsonl"]
    ran = certctl("audit", "verify", out, "--key", key, "--head", head, "-o", "json")
    report = json.loads(ran.out)
    assert ran.code == ExitCode.OK
    assert (report["kind"], report["intact"], report["complete"]) == ("filtered", True, False)
    assert report["events"] == len((out / "events.jsonl").read_bytes().splitlines()) == 40


def test_heads_can_reach_back_to_a_trusted_one(
    certctl: Certctl, served_trail: Sealer, tmp_path: Path
) -> None:
    out, head = tmp_path / "some", tmp_path / "old.json"
    head.write_text(json.dumps(served_trail.sealed[1].signed_head()))
    certctl("audit", "export", "--out", out, "--action", "nothing_such", "--heads-from", "2")
    ran = certctl("audit", "verify", out, "--head", head, "-o", "json")
    assert (ran.code, json.loads(ran.out)["events"], json.loads(ran.out)["seals"]) == (ExitCode.OK, 0, 13)


def test_a_changed_byte_and_a_cut_tail_as_an_auditor_sees_them(
    certctl: Certctl, pinned: tuple[Path, Path], tmp_path: Path
) -> None:
    out, (key, head) = tmp_path / "trail", pinned
    certctl("audit", "export", "--out", out)
    verify = ("audit", "verify", out, "--key", key)
    original = (out / "events.jsonl").read_bytes()
    lines = original.splitlines(keepends=True)
    (out / "events.jsonl").write_bytes(original.replace(lines[60], lines[60].replace(b"key-", b"kez-")))
    ran = certctl(*verify)
    assert ran.code == ExitCode.NOT_INTACT
    assert f"event {json.loads(lines[60])['id']}" in ran.out
    assert "line 61 of events.jsonl: edited" in ran.out
    seals = (out / "seals.jsonl").read_bytes().splitlines(keepends=True)
    left = sum(json.loads(seal)["head"]["count"] for seal in seals[:10])
    (out / "events.jsonl").write_bytes(b"".join(lines[:left]))
    (out / "seals.jsonl").write_bytes(b"".join(seals[:10]))
    assert certctl(*verify).code == ExitCode.OK
    assert "NOT CHECKED" in certctl(*verify).out
    ran = certctl(*verify, "--head", head)
    assert ran.code == ExitCode.NOT_INTACT
    assert "cut off: " in ran.out


def test_an_export_that_is_there_is_not_replaced_unless_forced(certctl: Certctl, tmp_path: Path) -> None:
    out = tmp_path / "trail"
    certctl("audit", "export", "--out", out)
    (out / "events.jsonl").write_bytes(b"old")
    assert certctl("audit", "export", "--out", out).code == ExitCode.USAGE
    assert (out / "events.jsonl").read_bytes() == b"old"
    assert certctl("audit", "export", "--out", out, "--force").code == ExitCode.OK
    assert certctl("audit", "verify", out).code == ExitCode.OK
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["trail"]


def test_nothing_but_an_export_is_ever_removed(certctl: Certctl, tmp_path: Path) -> None:
    out = tmp_path / "home"
    out.mkdir()
    (out / "letter.txt").write_text("dear")
    ran = certctl("audit", "export", "--out", out, "--force")
    assert ran.code == ExitCode.USAGE
    assert (out / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize("kind", ["full", "filtered"])
def test_an_export_that_fails_leaves_no_directory(
    kind: str, certctl: Certctl, server: LoopbackServer, tmp_path: Path
) -> None:
    respond = server.respond
    server.respond = lambda asked: problem(500) if "/seals/9" in asked.path else respond(asked)
    if kind == "filtered":
        server.respond = lambda asked: problem(500) if "cursor" in asked.query else respond(asked)
    filters = ("--action", "certificate_updated") if kind == "filtered" else ()
    ran = certctl("audit", "export", "--out", tmp_path / "trail", *filters)
    assert ran.code == ExitCode.FAILED
    assert not (tmp_path / "trail").exists()


def test_an_interrupted_export_continues_after_its_last_seal(
    certctl: Certctl, server: LoopbackServer, tmp_path: Path
) -> None:
    respond, out = server.respond, tmp_path / "trail"
    server.respond = lambda asked: problem(500) if asked.path.endswith("/seals/12") else respond(asked)
    assert certctl("audit", "export", "--out", out).code == ExitCode.FAILED
    with (tmp_path / ".trail.partial" / "events.jsonl").open("ab") as file:
        file.write(b'{"half of an event')
    server.respond, server.asked = respond, []
    assert certctl("audit", "export", "--out", out).code == ExitCode.OK
    assert certctl("audit", "verify", out).code == ExitCode.OK
    again = {asked.path for asked in server.asked if "/events" in asked.path}
    assert "/api/v1/audit/seals/3/events" not in again
    assert "/api/v1/audit/seals/12/events" in again


def test_an_interrupted_export_of_another_trail_starts_over(
    certctl: Certctl, server: LoopbackServer, tmp_path: Path
) -> None:
    respond, out = audit_api(new_trail(40, 9)), tmp_path / "trail"
    real = server.respond
    server.respond = lambda asked: problem(500) if asked.path.endswith("/seals/7") else respond(asked)
    assert certctl("audit", "export", "--out", out).code == ExitCode.FAILED
    server.respond = real
    assert certctl("audit", "export", "--out", out).code == ExitCode.OK
    assert certctl("audit", "verify", out).code == ExitCode.OK


def test_what_a_filtered_export_left_behind_is_not_in_a_full_one(
    certctl: Certctl, server: LoopbackServer, tmp_path: Path
) -> None:
    respond, out = server.respond, tmp_path / "trail"
    server.respond = lambda asked: problem(500) if asked.path.endswith("/seals") else respond(asked)
    assert certctl("audit", "export", "--out", out, "--action", "certificate_updated").code == ExitCode.FAILED
    server.respond = respond
    assert certctl("audit", "export", "--out", out).code == ExitCode.OK
    assert certctl("audit", "verify", out).code == ExitCode.OK


@pytest.mark.parametrize("offset", ["0", "7", "x", "-1"])
def test_an_offset_that_does_not_lead_on_ends_the_export(
    offset: str, certctl: Certctl, server: LoopbackServer, tmp_path: Path
) -> None:
    respond = server.respond
    stuck = Reply(200, b"{}\n", {"X-Next-Offset": offset})
    server.respond = lambda asked: stuck if asked.path.endswith("/events") else respond(asked)
    ran = certctl("audit", "export", "--out", tmp_path / "trail")
    assert ran.code == ExitCode.FAILED
    assert "X-Next-Offset" in ran.err


def test_before_the_first_seal_there_is_nothing_to_export(
    certctl: Certctl, server: LoopbackServer, tmp_path: Path
) -> None:
    server.respond = audit_api(Sealer())
    for command in (("head",), ("export", "--out", tmp_path / "trail")):
        ran = certctl("audit", *command)
        assert ran.code == ExitCode.FAILED
        assert "Nothing is sealed yet" in ran.err
