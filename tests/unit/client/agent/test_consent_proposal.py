"""A consent file to begin with."""

import stat
from pathlib import Path

import pytest

from certctl_client.agent.consent.consent import LOOPBACK, Consent
from certctl_client.agent.consent.file import parsed
from certctl_client.agent.consent.proposal import Wishes, found_on, proposal, write_new
from certctl_client.agent.program.consents import proposed as proposed_for
from certctl_client.errors import CommandError, ConfigurationError

_PATH = Path("/etc/certctl-agent/consent.toml")


def _proposed(etc: Path, wishes: Wishes = Wishes()) -> Consent:  # noqa: B008 - it is frozen
    return parsed(proposal(found_on(etc), wishes, _PATH).encode(), _PATH)


def test_a_host_without_a_web_server_allows_no_kind(tmp_path: Path) -> None:
    proposed = _proposed(tmp_path)

    assert (proposed.kinds, proposed.directories, proposed.commands, proposed.owners) == ([], [], [], [])
    assert (proposed.verify_addresses, proposed.open_lists) == (list(LOOPBACK), [])


@pytest.mark.parametrize(
    ("folder", "kind", "commands"),
    [
        ("nginx", "NGINX", []),
        ("apache2", "Apache", []),
        ("httpd", "Apache", [["systemctl", "reload", "httpd"]]),
        ("haproxy", "HAProxy", []),
    ],
)
def test_a_web_server_is_found_by_its_configuration(
    tmp_path: Path, folder: str, kind: str, commands: list[list[str]]
) -> None:
    (tmp_path / folder).mkdir()

    proposed = _proposed(tmp_path)

    assert (proposed.kinds, proposed.commands) == ([kind], commands)
    assert proposed.directories == [f"{tmp_path}/{folder}/tls"]
    assert (proposed.open_lists, proposed.owners) == ([], [])


def test_what_is_wanted_besides_is_proposed_as_well(tmp_path: Path) -> None:
    (tmp_path / "nginx").mkdir()
    wishes = Wishes(["Files"], ["/srv/ä\\b"], [["printf", '"%s"']], ["app"], ["10.0.0.7", "::1"])

    proposed = _proposed(tmp_path, wishes)

    assert (proposed.kinds, proposed.directories[1]) == (["NGINX", "Files"], "/srv/ä\\b")
    assert (proposed.commands, proposed.owners) == ([["printf", '"%s"']], ["app"])
    assert proposed.verify_addresses == [*LOOPBACK, "10.0.0.7"]


@pytest.mark.parametrize(
    ("kinds", "is_detecting", "allowed", "folders"),
    [
        ([], False, ["NGINX", "HAProxy"], ["nginx", "haproxy"]),
        (["NGINX"], False, ["NGINX"], []),
        (["Files"], True, ["NGINX", "HAProxy", "Files"], ["nginx", "haproxy"]),
    ],
)
def test_a_kind_that_is_named_replaces_those_found_unless_they_are_asked_for(
    tmp_path: Path, kinds: list[str], is_detecting: bool, allowed: list[str], folders: list[str]
) -> None:
    for folder in ("nginx", "haproxy"):
        (tmp_path / folder).mkdir()

    text, remarks = proposed_for(Wishes(kinds), is_detecting, _PATH, tmp_path)

    found = parsed(text.encode(), _PATH)
    assert found.kinds == allowed
    assert found.directories == [f"{tmp_path}/{folder}/tls" for folder in folders]
    assert any("--allow-directory" in remark for remark in remarks) is not bool(folders)


def test_what_could_not_be_read_is_not_proposed(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="'nginx'"):
        _proposed(tmp_path, Wishes(kinds=["nginx"]))


def test_it_is_written_for_all_to_read_and_never_over_another(tmp_path: Path) -> None:
    path = tmp_path / "etc" / "consent.toml"

    write_new(path, "first")
    with pytest.raises(CommandError, match="exists already"):
        write_new(path, "second")

    assert path.read_text() == "first"
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)]
    assert modes == [0o644, 0o755]
