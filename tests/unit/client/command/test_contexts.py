"""Several stacks in one configuration file."""

import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from certctl_client.contexts import Context, Contexts, change_contexts, checked_name, load_contexts
from certctl_client.errors import ConfigurationError
from certctl_client.settings import Settings, load_settings, load_url

PROD = Context("https://prod.example.com", "certctl_prod", "/etc/ca.pem")
TRIAL = Context("http://localhost:8080", "certctl_trial")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The file and its directory do not exist yet."""
    return {"CERTCTL_CONFIG": str(tmp_path / "new" / "config.toml")}


def adding(name: str, context: Context) -> Callable[[Contexts], Contexts]:
    return lambda stored: stored.with_context(name, context)


def test_what_is_written_is_read_again_and_only_the_user_may_read_it(environment: dict[str, str]) -> None:
    change_contexts(environment, adding("prod", PROD))
    path = change_contexts(environment, adding("trial.1", TRIAL))
    assert load_contexts(environment) == Contexts({"prod": PROD, "trial.1": TRIAL}, "trial.1")
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_settings(environment) == Settings(TRIAL.url, TRIAL.api_key)
    assert tomllib.loads(path.read_text())["current"] == "trial.1"


def test_a_file_of_an_earlier_release_is_the_default_context_and_keeps_its_key(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.touch(0o600)
    path.write_text(f'url = "{PROD.url}"\napi_key = "{PROD.api_key}"\n')
    environment = {"CERTCTL_CONFIG": str(path)}
    assert load_settings(environment) == Settings(PROD.url, PROD.api_key)

    change_contexts(environment, adding("trial", TRIAL))

    old = Context(PROD.url, PROD.api_key)
    assert load_contexts(environment) == Contexts({"default": old, "trial": TRIAL}, "trial")


def test_commands_at_once_lose_no_context(environment: dict[str, str]) -> None:
    names = [f"stack-{number}" for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: change_contexts(environment, adding(name, TRIAL)), names))
    assert sorted(load_contexts(environment).contexts) == sorted(names)


def test_the_chosen_context_decides_then_that_of_the_url_then_the_current_one(
    environment: dict[str, str],
) -> None:
    change_contexts(environment, adding("prod", PROD))
    change_contexts(environment, adding("trial", TRIAL))
    chosen = Settings(PROD.url, PROD.api_key, PROD.ca_cert)
    assert load_settings({**environment, "CERTCTL_CONTEXT": "prod"}) == chosen
    assert load_settings({**environment, "CERTCTL_URL": f"{PROD.url}/"}) == chosen
    assert load_url(environment) == TRIAL.url
    with pytest.raises(ConfigurationError, match="There is no context 'prd'") as unknown:
        load_settings({**environment, "CERTCTL_CONTEXT": "prd"})
    assert "prod, trial" in unknown.value.next_step


def test_the_last_context_goes_with_its_file(environment: dict[str, str]) -> None:
    path = change_contexts(environment, adding("prod", PROD))
    assert change_contexts(environment, lambda stored: stored.without("prod")) == path
    assert not path.exists()
    assert load_contexts(environment) == Contexts()


def test_without_the_current_context_none_is_in_use(environment: dict[str, str]) -> None:
    change_contexts(environment, adding("prod", PROD))
    change_contexts(environment, adding("trial", TRIAL))
    change_contexts(environment, lambda stored: stored.without("trial"))
    assert load_contexts(environment) == Contexts({"prod": PROD}, "")
    with pytest.raises(ConfigurationError, match="No server is set"):
        load_url(environment)


@pytest.mark.parametrize("name", ["", "-x", "a b", "a/b", 'a"b', "é", "x" * 64])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ConfigurationError):
        checked_name(name)


def test_no_key_is_in_a_repr() -> None:
    assert PROD.api_key not in repr(Contexts({"prod": PROD}, "prod"))
