"""Where the server's address and the key come from."""

from pathlib import Path

import pytest

from certctl_client.contexts import config_path
from certctl_client.errors import ConfigurationError
from certctl_client.settings import Settings, checked_url, load_settings

KEY = "certctl_" + "a" * 43
ENVIRONMENT = {"CERTCTL_URL": "https://certctl.example.com", "CERTCTL_API_KEY": KEY}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Named by CERTCTL_CONFIG."""
    path = tmp_path / "config.toml"
    path.touch(mode=0o600)
    return path


def test_the_environment_wins_over_the_file(file: Path) -> None:
    file.write_text('url = "https://stored.example.com"\napi_key = "certctl_stored"\nother = 7\n')
    given = {**ENVIRONMENT, "CERTCTL_CONFIG": str(file), "CERTCTL_URL": "https://given.example.com/"}
    assert load_settings(given) == Settings("https://given.example.com", KEY)
    given = {"CERTCTL_CONFIG": str(file), "CERTCTL_API_KEY": KEY}
    assert load_settings(given) == Settings("https://stored.example.com", KEY)


def test_a_stored_key_is_sent_to_no_other_server(file: Path) -> None:
    file.write_text(f'url = "https://stored.example.com"\napi_key = "{KEY}"\n')
    with pytest.raises(ConfigurationError, match="No key is stored"):
        load_settings({"CERTCTL_CONFIG": str(file), "CERTCTL_URL": "https://other.example.com"})
    stored = {"CERTCTL_CONFIG": str(file), "CERTCTL_URL": "https://stored.example.com/api/v1"}
    assert load_settings(stored) == Settings("https://stored.example.com", KEY)


def test_the_key_is_in_no_repr() -> None:
    assert KEY not in repr(load_settings({**ENVIRONMENT, "CERTCTL_CONFIG": "/nowhere"}))


@pytest.mark.parametrize(
    ("text", "message"),
    [("url = ", "not TOML"), ("\udcff", "not TOML"), ('url = ["a"]', "No server"), ("", "No server")],
)
def test_a_file_of_another_form_is_refused(text: str, message: str, file: Path) -> None:
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ConfigurationError, match=message):
        load_settings({"CERTCTL_CONFIG": str(file)})


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused(mode: int, file: Path) -> None:
    file.chmod(mode)
    with pytest.raises(ConfigurationError) as refused:
        load_settings({"CERTCTL_CONFIG": str(file)})
    assert refused.value.next_step == f"chmod 600 {file}"


def test_the_file_has_its_usual_places() -> None:
    assert config_path({"XDG_CONFIG_HOME": "/x"}) == Path("/x/certctl/config.toml")
    assert config_path({}) == Path.home() / ".config/certctl/config.toml"


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://certctl.example.com", "https://certctl.example.com"),
        ("https://certctl.example.com/", "https://certctl.example.com"),
        ("https://certctl.example.com/api/v1", "https://certctl.example.com"),
        ("https://example.com/prod/api/v1/", "https://example.com/prod"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_urls_that_serve(url: str, base: str) -> None:
    assert checked_url(url) == base


@pytest.mark.parametrize(
    "url",
    [
        "certctl.example.com",
        "http://certctl.example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "ftp://certctl.example.com",
        "https://",
        "https://user:secret@certctl.example.com",
        "https://certctl.example.com?x=1",
        "https://certctl.example.com:port",
        "https://[::1",
        "",
    ],
)
def test_urls_that_would_not_or_would_show_the_key_are_refused(url: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        checked_url(url)
    assert "secret" not in refused.value.message


@pytest.mark.parametrize("key", ["certctl_ a", "certctl_\n", "certctl_é"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_settings({**ENVIRONMENT, "CERTCTL_API_KEY": key, "CERTCTL_CONFIG": "/nowhere"})
    assert key not in refused.value.message
