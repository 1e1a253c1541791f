"""The files that `install` writes: systemd's unit, and polkit's rule for reloads without root."""

import json
from collections.abc import Sequence
from pathlib import Path

from certctl_client.agent.consent.consent import CRL_BUNDLE, Consent
from certctl_client.errors import ConfigurationError

USER = "certctl-agent"
MARK = "# Written by `certctl agent install`, which replaces it. Your changes: systemctl edit certctl-agent"
RULE_MARK = "// Written by `certctl agent install`, which replaces it."
SERVICES = {"NGINX": ("nginx",), "Apache": ("apache2", "httpd"), "HAProxy": ("haproxy",)}
"""The units of each kind's server, without `.service`."""


def unit_text(program: Sequence[str], directories: Sequence[str]) -> str:
    """`program` starts the agent, without its subcommand. `directories` are those that targets may write to.
    Raises ConfigurationError for a path that a unit cannot have."""
    start = " ".join(_quoted(word).replace("$", "$$") for word in program)
    writable = "".join(f"ReadWritePaths=-{_quoted(directory)}\n" for directory in directories)
    return _UNIT.format(mark=MARK, user=USER, start=start, writable=writable)


def reloadable(consent: Consent) -> Sequence[str]:
    """The units that the agent's user may reload: those of the kinds, and for CRLs, which any server may use,
    those that the commands name."""
    units = [f"{name}.service" for kind in consent.kinds for name in SERVICES.get(kind, ())]
    if CRL_BUNDLE in consent.kinds:
        units += [_unit_of(command[2]) for command in consent.commands if _is_reload(command)]
    return list(dict.fromkeys(units))


def _is_reload(command: Sequence[str]) -> bool:
    return len(command) == 3 and list(command[:2]) == ["systemctl", "reload"]


def _unit_of(name: str) -> str:
    return name if name.endswith(".service") else f"{name}.service"


def rule_text(units: Sequence[str]) -> str:
    """Lets the agent's user reload these units, and nothing else."""
    return _RULE.format(mark=RULE_MARK, user=USER, units=json.dumps(units))


def _quoted(word: str) -> str:
    """A word of systemd's syntax, which would expand percent signs."""
    if not word.isprintable() or '"' in word or "\\" in word:
        raise ConfigurationError(f"A systemd unit cannot name {word!r}.", "Choose a path without quotes.")
    escaped = word.replace("%", "%%")
    return f'"{escaped}"' if " " in escaped else escaped


def program_of(arguments: Sequence[str], interpreter: str, command: Sequence[str]) -> Sequence[str]:
    """The words that start this program again: its own path if it was started by a console script, else the
    interpreter with `command`, like ["-m", "certctl_client", "agent"]."""
    started = Path(arguments[0])
    if started.name in ("certctl", "certctl-agent") and started.is_file():
        return [str(started.absolute()), *(["agent"] if started.name == "certctl" else [])]
    return [interpreter, *command]


_UNIT = """\
{mark}
[Unit]
Description=certctl deployment agent
Wants=network-online.target
After=network-online.target
# a deployment that a power cut interrupted is settled before the servers read their files
Before=nginx.service apache2.service httpd.service haproxy.service

[Service]
Type=notify
User={user}
ExecStart={start} run
Restart=always
RestartSec=5
# the agent alone gets SIGTERM: commands that it runs may end
KillMode=mixed
TimeoutStartSec=300
TimeoutStopSec=180
UMask=0077
StateDirectory=certctl-agent
StateDirectoryMode=0700
# the directories of the consent file; repeat `install` after you change them
{writable}ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
NoNewPrivileges=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
RestrictNamespaces=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
CapabilityBoundingSet=

[Install]
WantedBy=multi-user.target
"""

_RULE = """\
{mark}
polkit.addRule(function (action, subject) {{
    var units = {units};
    if (action.id == "org.freedesktop.systemd1.manage-units" && subject.user == "{user}" &&
        action.lookup("verb") == "reload" && units.indexOf(action.lookup("unit")) >= 0) {{
        return polkit.Result.YES;
    }}
}});
"""
