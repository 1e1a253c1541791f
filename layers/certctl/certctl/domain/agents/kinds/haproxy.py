"""HAProxy on a host: leaf, chain and key are one file."""

from dataclasses import replace

from certctl.domain.agents.kinds.definitions import TargetDefinition
from certctl.domain.agents.kinds.host_settings import (
    CERTIFICATE_PATH,
    OWNERSHIP,
    PROOF,
    reloaded_by,
    tested_by,
)
from certctl.domain.field_rules import true_or_false
from certctl.domain.kinds import Setting, SettingForm, TargetType

HAPROXY = TargetDefinition(
    type=TargetType.HAPROXY,
    label="HAProxy",
    help="A server on the agent's host, reloaded.",
    settings={
        "certificate_path": replace(CERTIFICATE_PATH, help="One file of leaf, chain and key."),
        "with_root": Setting(
            true_or_false,
            label="With the root",
            help="Appends the root CA, which HAProxy's own ocsp-update needs to verify responses.",
            form=SettingForm.SWITCH,
            default=False,
        ),
        "test_command": tested_by("haproxy", "-c", "-q", "-f", "/etc/haproxy/haproxy.cfg"),
        "reload_command": reloaded_by("systemctl", "reload", "haproxy"),
        **PROOF,
        **OWNERSHIP,
    },
)
