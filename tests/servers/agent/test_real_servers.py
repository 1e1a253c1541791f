"""NGINX, Apache httpd and HAProxy from Debian: deployed, deployed again, and taken back."""

import stat
from typing import Any

from tests.support.agents.process import AgentHost
from tests.support.agents.server import AgentServer, Certificate, Job
from tests.support.agents.web_servers import WebServer


def _certificate(server: AgentServer, web: WebServer, **config: Any) -> Certificate:
    return server.certificate("mc-web", web.name, web.changed(**config))


def _issued(server: AgentServer, host: AgentHost, certificate: Certificate) -> Job:
    """Through two rounds: the request, and the deployment that follows."""
    server.await_request(certificate)
    rounds = [host.once(), host.once()]
    assert all(ran.returncode == 0 for ran in rounds), [ran.stderr for ran in rounds]
    return server.deployments[-1]


def test_a_certificate_is_asked_for_deployed_and_served(
    server: AgentServer, host: AgentHost, web: WebServer
) -> None:
    certificate = _certificate(server, web)

    deployed = _issued(server, host, certificate)

    assert deployed.status == "Completed"
    assert deployed.results[-1]["served_fingerprint_sha256"] == web.served()
    assert web.served() == certificate.versions[-1].fingerprint_sha256
    assert stat.S_IMODE(web.key_path.stat().st_mode) == 0o600
    assert host.status()["in_hand"] == []


def test_a_renewal_is_served_and_the_version_before_it_can_be_deployed_again(
    server: AgentServer, host: AgentHost, web: WebServer
) -> None:
    certificate = _certificate(server, web)
    _issued(server, host, certificate)

    renewed = _issued(server, host, certificate)
    served_then = web.served()
    server.deploy(certificate, certificate.versions[0])
    host.once()

    assert renewed.status == "Completed"
    assert served_then == certificate.versions[1].fingerprint_sha256
    assert web.served() == certificate.versions[0].fingerprint_sha256


def test_a_configuration_test_that_fails_leaves_the_former_certificate_in_place(
    server: AgentServer, host: AgentHost, web: WebServer
) -> None:
    certificate = _certificate(server, web)
    before = web.key_path.read_bytes()
    with web.configuration.open("a") as file:
        file.write("\nthis is no directive;\n")

    failed = _issued(server, host, certificate)

    assert failed.status == "Failed"
    assert failed.results[-1]["rolled_back"] is True
    assert "configuration test failed" in failed.results[-1]["error"]
    assert web.served() == web.first.fingerprint_sha256
    assert web.key_path.read_bytes() == before


def test_a_reload_that_fails_is_rolled_back(server: AgentServer, host: AgentHost, web: WebServer) -> None:
    certificate = _certificate(server, web, reload_command=["/bin/false"])
    before = web.key_path.read_bytes()

    failed = _issued(server, host, certificate)

    assert failed.results[-1]["rolled_back"] is True
    assert "reload command" in failed.results[-1]["error"]
    assert web.served() == web.first.fingerprint_sha256
    assert web.key_path.read_bytes() == before


def test_a_server_that_goes_on_serving_another_certificate_is_found_out(
    server: AgentServer, host: AgentHost, web: WebServer
) -> None:
    """The files are not those that the server reads."""
    elsewhere = web.configuration.parent / "elsewhere"
    elsewhere.mkdir()
    config = {"certificate_path": str(elsewhere / "certificate.pem"), "verify_timeout_seconds": 1}
    if web.kind != "HAProxy":
        config["key_path"] = str(elsewhere / "key.pem")
    certificate = _certificate(server, web, **config)

    failed = _issued(server, host, certificate)

    assert failed.results[-1]["rolled_back"] is True
    assert "serves" in failed.results[-1]["error"]
    assert web.served() == web.first.fingerprint_sha256
    assert list(elsewhere.iterdir()) == []
