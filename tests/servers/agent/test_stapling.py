"""OCSP stapling by the servers themselves, with the files that targets install."""

import contextlib
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from certctl_client.agent.errors import DeploymentFailed
from certctl_client.agent.targets.roots import with_root
from certctl_client.agent.targets.served_files import everything, key_only, leaf_and_chain
from tests.support.agents.ocsp_pki import OcspPki
from tests.support.agents.process import wait_until
from tests.support.agents.web_servers import PATH, free_port, require

_MODULES = "/usr/lib/apache2/modules"


@pytest.fixture
def pki() -> Iterator[OcspPki]:
    with OcspPki().running() as pki:
        yield pki


@contextlib.contextmanager
def started(folder: Path, *command: str) -> Iterator[None]:
    require(command[0])
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={"PATH": PATH})
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


@contextlib.contextmanager
def haproxy_with(folder: Path, content: bytes) -> Iterator[Path]:
    """HAProxy with `ocsp-update on`; its stats socket."""
    pem, stats, list_ = folder / "site.pem", folder / "stats.sock", folder / "list"
    pem.write_bytes(content)
    list_.write_text(f"{pem} [ocsp-update on]\n")
    configuration = folder / "haproxy.cfg"
    configuration.write_text(
        f"global\n  stats socket {stats} level admin\n"
        "defaults\n  mode http\n  timeout client 5s\n  timeout server 5s\n  timeout connect 5s\n"
        f"frontend https\n  bind 127.0.0.1:{free_port()} ssl crt-list {list_}\n"
        "  http-request return status 200\n"
    )
    with started(folder, "haproxy", "-db", "-q", "-f", str(configuration)):
        yield stats


def updates(stats: Path) -> str:
    """What HAProxy says about its updates; empty before it listens."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(stats))
        except OSError:
            return ""
        client.sendall(b"show ssl ocsp-updates\n")
        return b"".join(iter(lambda: client.recv(4096), b"")).decode()


def test_haproxys_own_update_succeeds_with_the_root(pki: OcspPki, tmp_path: Path) -> None:
    with haproxy_with(tmp_path, with_root(pki.bundle)) as stats:
        wait_until(lambda: "Update successful" in updates(stats), "no update succeeds", 30)


def test_haproxys_own_update_fails_without_the_root(pki: OcspPki, tmp_path: Path) -> None:
    with haproxy_with(tmp_path, everything(pki.bundle)) as stats:
        wait_until(lambda: "response check failure" in updates(stats), "no update fails", 30)


@pytest.mark.parametrize("fault", ["another", "none"])
def test_what_has_not_issued_the_chain_is_not_appended(pki: OcspPki, fault: str) -> None:
    pki.root_der = {"another": pki.leaf.public_bytes(Encoding.DER), "none": b"<html>"}[fault]

    with pytest.raises(DeploymentFailed):
        with_root(pki.bundle)


def written(folder: Path, pki: OcspPki) -> tuple[Path, Path, Path]:
    """Certificate with chain, key, and the CAs that the server trusts for responses."""
    certificate, key, trusted = folder / "site.pem", folder / "site.key", folder / "trusted.pem"
    certificate.write_bytes(leaf_and_chain(pki.bundle))
    key.write_bytes(key_only(pki.bundle))
    trusted.write_bytes(pki.bundle.chain + pki.root.public_bytes(Encoding.PEM))
    return certificate, key, trusted


def is_stapled(port: int, trusted: Path) -> bool:
    """Whether `openssl s_client` gets a response that says good, and verifies it."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-status", "-CAfile", str(trusted)]
    ran = subprocess.run(command, input=b"", capture_output=True, timeout=20, check=False)
    return b"Cert Status: good" in ran.stdout


def test_nginx_staples_with_verification_on(pki: OcspPki, tmp_path: Path) -> None:
    (certificate, key, trusted), port = written(tmp_path, pki), free_port()
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        f"pid {tmp_path}/nginx.pid;\nerror_log {tmp_path}/error.log;\nevents {{ worker_connections 64; }}\n"
        f"http {{\naccess_log off;\n{temporary}server {{ listen 127.0.0.1:{port} ssl;\n"
        f"ssl_certificate {certificate};\nssl_certificate_key {key};\n"
        f"ssl_stapling on;\nssl_stapling_verify on;\nssl_trusted_certificate {trusted};\n}} }}\n"
    )
    base = ("nginx", "-p", str(tmp_path), "-c", str(configuration), "-e", f"{tmp_path}/error.log")
    with started(tmp_path, *base, "-g", "daemon off;"):
        wait_until(lambda: is_stapled(port, trusted), "NGINX staples nothing", 30)


def test_apache_staples_and_verifies(pki: OcspPki, tmp_path: Path) -> None:
    (certificate, key, trusted), port = written(tmp_path, pki), free_port()
    modules = "".join(
        f"LoadModule {module}_module {_MODULES}/mod_{module}.so\n"
        for module in ("mpm_event", "authz_core", "socache_shmcb", "ssl")
    )
    configuration = tmp_path / "apache2.conf"
    configuration.write_text(
        f"{modules}ServerRoot {tmp_path}\nServerName www.example.com\nPidFile {tmp_path}/apache2.pid\n"
        f"DefaultRuntimeDir {tmp_path}\nErrorLog {tmp_path}/error.log\nMutex pthread\n"
        f"Listen 127.0.0.1:{port}\nUser www-data\nGroup www-data\nStartServers 1\nThreadsPerChild 5\n"
        f"ServerLimit 4\nMaxRequestWorkers 20\nSSLUseStapling on\nSSLStaplingCache shmcb:{tmp_path}/staple\n"
        f"<VirtualHost 127.0.0.1:{port}>\nSSLEngine on\n"
        f"SSLCertificateFile {certificate}\nSSLCertificateKeyFile {key}\n</VirtualHost>\n"
    )
    with started(tmp_path, "apache2", "-f", str(configuration), "-D", "FOREGROUND"):
        wait_until(lambda: is_stapled(port, trusted), "Apache staples nothing", 30)
