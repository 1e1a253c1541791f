"""Real servers, probed as `certctl probe` does: behind the words that come before TLS in their protocols."""

import json
import subprocess
from pathlib import Path

import pytest

from certctl_client.exit_codes import ExitCode
from certctl_client.main import main
from tests.support.agents.ca import AgentCa
from tests.support.agents.web_servers import nginx
from tests.support.probing.pki import Identity, Pki, rsa_key
from tests.support.probing.probing import handshakes
from tests.support.probing.programs import PROGRAMS, running


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki()


@pytest.fixture(scope="module")
def identity(pki: Pki) -> Identity:
    return pki.identity(key=rsa_key())


@pytest.fixture(autouse=True)
def _without_a_stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CERTCTL_CONFIG", str(tmp_path / "none.toml"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_server_is_seen_behind_its_protocol(
    name: str, pki: Pki, identity: Identity, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = PROGRAMS[name]
    with running(program, identity) as port:
        host = ["probe", f"localhost:{port}", "--ca", str(pki.root_file(tmp_path)), "-o", "json"]
        code = main([*host, "--starttls", program.starttls.value])
        record = json.loads(capsys.readouterr().out)
        assert main([*host, "--starttls", "none"]) == ExitCode.UNREACHABLE
    assert (code, record["verdict"]) == (ExitCode.OK, "good")
    assert [each["subject"] for each in record["certificates"]] == ["CN=localhost", "CN=Intermediate"]
    assert record["protocols"]["TLSv1.3"] == "accepted"


def test_nginx_that_was_not_reloaded_shows_the_old_certificate(tmp_path: Path) -> None:
    ca = AgentCa()
    with nginx(tmp_path, "www.example.com", ca) as web:
        before = shown(web.endpoint.port)
        renewed, key = ca.issue(["www.example.com"])
        Path(web.target["config"]["certificate_path"]).write_text(renewed.full)
        web.key_path.write_text(key)
        assert shown(web.endpoint.port) == before

        subprocess.run(web.target["config"]["reload_command"], check=True)
        assert web.endpoint.serves(renewed.fingerprint_sha256, 10)
        assert shown(web.endpoint.port) != before


def shown(port: int) -> bytes:
    return handshakes(port, sni="www.example.com")[0].chain[0]
