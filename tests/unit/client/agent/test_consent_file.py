"""The consent file is read strictly, and only where the agent could not have written it."""

import grp
import json
import os
import pwd
from pathlib import Path

import pytest

from certctl_client.agent.consent.consent import KINDS, LOOPBACK, Consent
from certctl_client.agent.consent.file import ConsentFile, parsed
from certctl_client.errors import ConfigurationError

_PATH = Path("/etc/certctl-agent/consent.toml")
_AN_ACCOUNT = 1234


def _read(text: str) -> Consent:
    return parsed(text.encode(), _PATH)


def test_an_empty_file_allows_nothing_but_to_look_at_the_loopback() -> None:
    assert _read("") == Consent(verify_addresses=list(LOOPBACK))


def test_each_key_is_read() -> None:
    text = """
        kinds = ["NGINX", "Files"]
        directories = ["/etc/nginx/tls"]
        any_directory = false
        commands = [["systemctl", "restart", "app"]]
        any_command = true
        owners = ["app"]
        any_owner = false
        verify_addresses = ["10.0.0.7", "fe80::1", "www.example.com"]
        any_verify_address = true
    """
    assert _read(text) == Consent(
        kinds=["NGINX", "Files"],
        directories=["/etc/nginx/tls"],
        commands=[["systemctl", "restart", "app"]],
        any_command=True,
        owners=["app"],
        verify_addresses=["10.0.0.7", "fe80::1", "www.example.com"],
        any_verify_address=True,
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kinds = [", "not TOML"),
        ("kind = []", "'kind' is not known: the keys are kinds, directories"),
        ("kinds = 'NGINX'", "kinds must be an array of texts"),
        ("kinds = ['nginx']", f"kinds may hold {', '.join(KINDS)}, not 'nginx'"),
        ("directories = ['etc']", "directories: 'etc' must be an absolute path"),
        ("directories = ['/etc/../srv']", "directories: '/etc/../srv' must be"),
        ("directories = ['/etc/tls/']", "trailing slashes"),
        ("directories = ['/']", "any_directory = true"),
        ("any_directory = 1", "any_directory must be true or false"),
        ("commands = ['nginx -t']", "commands must be an array of programs with their arguments"),
        ("commands = [[]]", "commands: a command is a program"),
        ("commands = [['']]", "commands: '' must be a text of 1 to 256"),
        ("commands = [[" + "'a'," * 17 + "]]", "commands may hold 16 entries"),
        ("owners = [0]", "owners: 0 must be a text"),
        ("owners = [" + "'a'," * 65 + "]", "owners may hold 62 entries"),
        (f"owners = ['{'a' * 257}']", "1 to 256 printable"),
        ('owners = ["a\\u001b"]', "printable"),
        ("verify_addresses = ['127.0.0.1:443']", "without a port"),
        ("acm_arns = ['arn:aws:acm:eu-central-1:123456789012:certificate/x']", "must be like arn:aws:acm:"),
        ("acm_arns = ['arn:aws:acm:*:123456789012:certificate/*']", "must be like arn:aws:acm:"),
        ("verify_addresses = ['[::1]']", "without a port"),
        ("verify_addresses = ['10.0.0.0/8']", "must be a host"),
        ("#" * 70_000, "more than 65536 bytes"),
    ],
)
def test_what_is_wrong_is_named_with_what_it_may_be(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _read(text)

    assert str(_PATH) in caught.value.message
    assert message in caught.value.message


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="not TOML"):
        parsed(b"\xff\xfe", _PATH)


@pytest.fixture
def consent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A readable file of root, in the eyes of an agent that runs as another user."""
    path = tmp_path / "etc" / "consent.toml"
    path.parent.mkdir(mode=0o755)
    path.write_text("")
    path.chmod(0o644)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + _AN_ACCOUNT)
    return path


def test_a_file_of_root_is_read(consent: Path) -> None:
    assert ConsentFile(consent).read() is not None


def test_a_file_that_is_not_there_is_none(consent: Path) -> None:
    consent.unlink()

    assert ConsentFile(consent).read() is None
    with pytest.raises(ConfigurationError, match="There is no consent file"):
        ConsentFile(consent).required()


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_a_file_that_others_may_write_is_refused(consent: Path, mode: int) -> None:
    consent.chmod(mode)

    with pytest.raises(ConfigurationError, match="is writable by its group or by everybody"):
        ConsentFile(consent).read()


@pytest.mark.parametrize("mode", [0o775, 0o757])
def test_a_file_in_a_directory_that_others_may_write_is_refused(consent: Path, mode: int) -> None:
    consent.parent.chmod(mode)

    with pytest.raises(ConfigurationError, match=f"{consent.parent} is writable"):
        ConsentFile(consent).read()


def test_a_file_of_the_agent_s_own_user_is_refused(consent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: _AN_ACCOUNT)
    status = consent.stat()
    fields = list(status)
    fields[4] = _AN_ACCOUNT
    monkeypatch.setattr(os, "fstat", lambda _: os.stat_result(fields))

    with pytest.raises(ConfigurationError, match="belongs to the agent's own user"):
        ConsentFile(consent).read()
    assert ConsentFile(consent, is_trusted_anyway=True).read() is not None


def test_for_an_agent_of_root_the_file_must_be_root_s(consent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    fields = list(consent.stat())
    fields[4] = _AN_ACCOUNT
    monkeypatch.setattr(os, "fstat", lambda _: os.stat_result(fields))

    with pytest.raises(ConfigurationError, match="does not belong to root"):
        ConsentFile(consent).read()


def test_what_a_link_leads_to_is_looked_at(consent: Path) -> None:
    elsewhere = consent.parent / "open"
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    consent.rename(elsewhere / "consent.toml")
    consent.symlink_to(elsewhere / "consent.toml")

    with pytest.raises(ConfigurationError, match=f"{elsewhere} is writable"):
        ConsentFile(consent).read()


def test_a_directory_is_no_file(consent: Path) -> None:
    with pytest.raises(ConfigurationError, match="is not a file"):
        ConsentFile(consent.parent).read()


def test_the_server_is_told_the_agent_s_own_user_and_group_which_need_no_consent() -> None:
    own = {pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name}
    assert set(parsed(b'owners = ["nginx"]', Path("consent.toml")).as_wire["owners"]) == {"nginx"} | own


def test_more_than_the_control_plane_takes_is_refused_on_the_host() -> None:
    directories = [f"/{number}{'d' * 400}" for number in range(64)]
    with pytest.raises(ConfigurationError, match="16384 bytes"):
        parsed(f"directories = {json.dumps(directories)}".encode(), Path("consent.toml"))
