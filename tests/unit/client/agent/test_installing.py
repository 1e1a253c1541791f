"""`agent install` on a scratch root: what it writes, and that a second run changes nothing."""

import os
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from certctl_client.agent.consent.consent import Consent
from certctl_client.agent.installing.host import Host
from certctl_client.agent.installing.steps import RULE, UNIT, Installation
from certctl_client.agent.installing.unit import program_of, unit_text
from certctl_client.errors import ConfigurationError

_CONSENT = Consent(kinds=["NGINX"], directories=["/etc/nginx/tls", "/srv/none/tls"])
_PROGRAM = ["/opt/certctl/bin/certctl-agent"]


class Scratch:
    """A root with NGINX and polkit, and a list of the commands that would have run."""

    def __init__(self, root: Path) -> None:
        self.root, self.commands, self.has_user = root, list[list[str]](), False
        for directory in ("etc/nginx", "etc/polkit-1/rules.d", "etc/systemd/system", "var/lib"):
            (root / directory).mkdir(parents=True)

    def run(self, command: Sequence[str]) -> None:
        self.commands.append(list(command))
        self.has_user |= command[0] == "useradd"

    def ids(self) -> tuple[int, int] | None:
        return (os.getuid(), os.getgid()) if self.has_user else None

    @property
    def host(self) -> Host:
        return Host(self.root, self.run, self.ids, is_root=True, has_systemd=True)

    def installed(self, is_enabled: bool = False, **changes: object) -> list[str]:
        """What was done."""
        done = []
        work = replace(Installation(self.host, _PROGRAM, _CONSENT), **changes)  # type: ignore[arg-type]
        for step in work.steps(is_enabled):
            if step.act is not None:
                step.act()
                done.append(step.what)
        return done


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)


def test_a_host_gets_user_directories_unit_and_rule(scratch: Scratch) -> None:
    scratch.installed()

    assert [command[0] for command in scratch.commands] == ["useradd", "systemctl", "systemctl"]
    modes = {
        name: stat.S_IMODE((scratch.root / name).stat().st_mode)
        for name in ("var/lib/certctl-agent", "etc/nginx/tls")
    }
    assert modes == {"var/lib/certctl-agent": 0o700, "etc/nginx/tls": 0o750}
    unit = (scratch.root / UNIT.lstrip("/")).read_text()
    assert "User=certctl-agent" in unit
    assert "ExecStart=/opt/certctl/bin/certctl-agent run\n" in unit
    assert "ReadWritePaths=-/etc/nginx/tls\n" in unit
    assert '["nginx.service"]' in (scratch.root / RULE.lstrip("/")).read_text()
    assert not (scratch.root / "srv").exists()


def test_a_second_run_changes_nothing(scratch: Scratch) -> None:
    scratch.installed()
    scratch.commands.clear()

    assert scratch.installed() == []
    assert scratch.commands == []


def test_a_changed_consent_replaces_the_unit_and_restarts_a_running_agent(scratch: Scratch) -> None:
    scratch.installed()
    scratch.commands.clear()

    done = scratch.installed(consent=replace(_CONSENT, directories=["/etc/nginx/tls", "/etc/nginx/more"]))

    assert f"replace {UNIT}" in done
    assert ["systemctl", "try-restart", "certctl-agent.service"] in scratch.commands


def test_a_unit_that_somebody_else_wrote_is_replaced_only_by_force(scratch: Scratch) -> None:
    unit = scratch.root / UNIT.lstrip("/")
    unit.write_text("[Service]\nUser=root\n")

    with pytest.raises(ConfigurationError, match="not written by install"):
        scratch.installed()
    assert unit.read_text() == "[Service]\nUser=root\n"

    scratch.installed(is_forced=True)
    assert "User=certctl-agent" in unit.read_text()


def test_an_agent_that_is_not_enrolled_is_enabled_but_not_started(scratch: Scratch) -> None:
    scratch.installed(is_enabled=True)
    assert scratch.commands[-1] == ["systemctl", "enable", "certctl-agent.service"]

    (scratch.root / "var/lib/certctl-agent/agent.json").write_text("{}")
    scratch.installed(is_enabled=True)
    assert scratch.commands[-1] == ["systemctl", "enable", "--now", "certctl-agent.service"]


def test_a_directory_of_another_owner_is_left_to_it(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    (scratch.root / "etc/nginx/tls").mkdir()
    scratch.has_user = True
    monkeypatch.setattr(Scratch, "ids", lambda self: (os.getuid() + 1, os.getgid()))
    (scratch.root / "var/lib/certctl-agent").mkdir()

    steps = list(Installation(scratch.host, _PROGRAM, _CONSENT).steps(is_enabled=False))

    assert any("chown certctl-agent /etc/nginx/tls" in step.what and not step.is_needed for step in steps)


def test_a_unit_never_expands_a_path() -> None:
    unit = unit_text(["/opt/a b/$x/certctl-agent"], ["/srv/100%$HOME"])

    assert 'ExecStart="/opt/a b/$$x/certctl-agent" run\n' in unit
    assert "ReadWritePaths=-/srv/100%%$HOME\n" in unit
    with pytest.raises(ConfigurationError):
        unit_text(_PROGRAM, ["/srv/a\nUser=root"])


def test_the_unit_starts_the_program_that_wrote_it(tmp_path: Path) -> None:
    small, whole = tmp_path / "certctl-agent", tmp_path / "certctl"
    for script in (small, whole):
        script.touch()

    assert program_of([str(small)], "python", ["-m", "x"]) == [str(small)]
    assert program_of([str(whole)], "python", ["-m", "x"]) == [str(whole), "agent"]
    assert program_of(["-c"], "/usr/bin/python3", ["-m", "x"]) == ["/usr/bin/python3", "-m", "x"]


def test_the_rule_covers_the_reloads_that_crl_bundles_may_run(scratch: Scratch) -> None:
    commands = [["systemctl", "reload", "envoy"], ["systemctl", "restart", "app"], ["/usr/bin/page"]]
    allowed = replace(_CONSENT, kinds=["CRLBundle"], commands=commands)

    scratch.installed(consent=allowed)

    rule = scratch.host.at(RULE).read_text()
    assert '["envoy.service"]' in rule


def test_commands_of_other_kinds_add_no_reload_to_the_rule(scratch: Scratch) -> None:
    scratch.installed(consent=replace(_CONSENT, commands=[["systemctl", "reload", "envoy"]]))

    assert "envoy" not in scratch.host.at(RULE).read_text()
