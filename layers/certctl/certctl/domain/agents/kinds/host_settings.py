"""Settings that several kinds of targets share: files, commands, and the handshake that proves the reload."""

from certctl.domain.field_rules import (
    SERVER_NAME,
    absolute_path,
    command,
    host_port,
    matching,
    whole_number,
)
from certctl.domain.kinds import HostPart, Setting, SettingForm, Settings

_ACCOUNT_NAME = r"[a-z_][a-z0-9_-]{0,31}"
_LONGEST_VERIFICATION = 120
_ARGUMENTS = "One argument after the other, Enter ends each: no shell reads it."


def file(label: str, help_: str, *, required: bool = False, placeholder: str = "") -> Setting:
    return Setting(
        absolute_path,
        required=required,
        label=label,
        help=help_,
        placeholder=placeholder,
        pattern=r"^\/",
        expected="An absolute path.",
        reaches=HostPart.FILE,
    )


CERTIFICATE_PATH = file(
    "Certificate",
    "File of leaf and chain. A real path: no symbolic link on the way.",
    required=True,
    placeholder="/etc/ssl/shop.pem",
)
FILES: Settings = {
    "certificate_path": CERTIFICATE_PATH,
    "key_path": file(
        "Private key",
        "File on the host, which the key never leaves.",
        required=True,
        placeholder="/etc/ssl/shop.key",
    ),
    "chain_path": file("Chain", "File of the chain alone, if something wants it."),
}


def command_setting(label: str, help_: str, *usual: str) -> Setting:
    """`usual` is what the agent runs if it is omitted: consent to the kind covers it."""
    return Setting(
        command,
        label=label,
        help=f"{help_} {_ARGUMENTS}",
        form=SettingForm.ARGUMENTS,
        default=usual or None,
        reaches=HostPart.COMMAND,
    )


def tested_by(*usual: str) -> Setting:
    help_ = "Must succeed before the reload. Without arguments nothing is tested."
    return command_setting("Test command", help_, *usual)


def reloaded_by(*usual: str) -> Setting:
    help_ = "Makes the server load the files, within 30 seconds."
    return command_setting("Reload command", help_, *usual)


PROOF: Settings = {
    "verify_address": Setting(
        host_port,
        required=True,
        label="Verify at",
        help="A TLS handshake there must show the new certificate.",
        placeholder="127.0.0.1:443",
        pattern=r"^.+:\d+$",
        expected="Like host:443.",
        reaches=HostPart.ADDRESS,
    ),
    "verify_server_name": Setting(
        SERVER_NAME,
        label="Server name",
        help="The name in the handshake (SNI). Default: the common name.",
    ),
    "verify_timeout_seconds": Setting(
        whole_number(1, _LONGEST_VERIFICATION),
        label="Verify for",
        help="The longest wait for the server.",
        form=SettingForm.NUMBER,
        minimum=1,
        maximum=_LONGEST_VERIFICATION,
        default=15,
        unit="s",
    ),
}
OWNERSHIP: Settings = {
    "owner": Setting(
        matching(_ACCOUNT_NAME, "must be the name of a user"),
        label="User",
        help="Owner of the files. Default: unchanged, or the agent's own.",
        reaches=HostPart.USER,
    ),
    "group": Setting(
        matching(_ACCOUNT_NAME, "must be the name of a group"),
        label="Group",
        help="A new key's file can then be read by it (0640, else 0600).",
        reaches=HostPart.GROUP,
    ),
}
