"""Lines that a command prints to be pasted. Pasting runs none of the names around them."""

from pathlib import Path

import pytest

from certctl_client.main import main
from tests.support.client.hostile_server import hostile
from tests.support.client.server import LoopbackServer
from tests.support.client.shells import of_a_stub
from tests.support.hostile_names import HOSTILE_NAMES


@pytest.mark.parametrize(("name", "arguments"), [("zsh", ("-f", "-i")), ("bash", ("--norc", "-i"))])
def test_pasting_the_retirement_of_agents_runs_no_name_of_an_agent(
    name: str,
    arguments: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with LoopbackServer(hostile).running() as server:
        monkeypatch.setenv("CERTCTL_URL", server.url)
        monkeypatch.setenv("CERTCTL_API_KEY", "certctl_x")
        main(["keys", "revoke", "key-1", "--leaked", "--yes"])
    printed = capsys.readouterr().err
    shell = of_a_stub(name, tmp_path, {})
    shell.run(*arguments, pasted=printed)
    assert printed.count("certctl agents retire ") == len(HOSTILE_NAMES)
    assert shell.made() == []
