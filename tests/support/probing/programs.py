"""Real mail, directory and database servers as child processes on free loopback ports, each with its data in
a folder of its own that ends with it."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from certctl_client.probing.probes import StartTls
from tests.support.agents.web_servers import PATH, free_port
from tests.support.probing.pki import Identity, pem
from tests.support.probing.probing import handshakes

_POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
_PATH = ":".join([PATH, *map(str, _POSTGRES)])
_PATIENCE = 60.0


@dataclass(frozen=True)
class Place:
    """A folder with `certificate.pem` (the whole chain) and `key.pem`, which belong to the server's user."""

    folder: Path
    port: int
    user: str | None

    def run(self, *command: str) -> None:
        """Runs a step of the preparation as the server's user."""
        subprocess.run(
            command, cwd=self.folder, env={"PATH": _PATH}, check=True, capture_output=True, user=self.user
        )

    def started(self, *command: str) -> subprocess.Popen[bytes]:
        with (self.folder / "output.log").open("wb") as log:
            return subprocess.Popen(
                command, cwd=self.folder, env={"PATH": _PATH}, stdout=log, stderr=log, user=self.user
            )


type Start = Callable[[Place], subprocess.Popen[bytes]]


@dataclass(frozen=True)
class Program:
    """`owner` is the user that it runs as if root starts it; empty for root itself, which it needs then."""

    command: str
    package: str
    starttls: StartTls
    owner: str
    start: Start


def postfix(place: Place) -> subprocess.Popen[bytes]:
    folder = place.folder
    for name in ("queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    (folder / "main.cf").write_text(
        f"compatibility_level = 3.6\nqueue_directory = {folder}/queue\ndata_directory = {folder}/data\n"
        "mail_owner = postfix\nmyhostname = localhost\ninet_protocols = ipv4\n"
        "smtpd_tls_security_level = may\nsmtpd_tls_protocols = >=TLSv1.2\n"
        f"smtpd_tls_chain_files = {folder}/key.pem, {folder}/certificate.pem\n"
        f"maillog_file = {folder}/mail.log\nmaillog_file_prefixes = {folder}\n"
        "alias_maps =\nlocal_recipient_maps =\n"
    )
    (folder / "master.cf").write_text(
        f"127.0.0.1:{place.port} inet n - n - - smtpd\n"
        "tlsmgr unix - - n 1000? 1 tlsmgr\nanvil unix - - n - 1 anvil\nproxymap unix - - n - - proxymap\n"
        "rewrite unix - - n - - trivial-rewrite\npostlog unix-dgram n - n - 1 postlogd\n"
    )
    place.run("postfix", "-c", str(folder), "check")
    return place.started("/usr/lib/postfix/sbin/master", "-c", str(folder), "-d")


def dovecot(place: Place) -> subprocess.Popen[bytes]:
    folder = place.folder
    (folder / "users").touch()
    (folder / "dovecot.conf").write_text(
        "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\nprotocols = imap\n"
        f"base_dir = {folder}/run\nstate_dir = {folder}/state\nlog_path = {folder}/dovecot.log\n"
        f"ssl = yes\nssl_server_cert_file = {folder}/certificate.pem\n"
        f"ssl_server_key_file = {folder}/key.pem\n"
        f"passdb passwd-file {{\n  passwd_file_path = {folder}/users\n}}\n"
        "service imap-login {\n  chroot =\n  inet_listener imap {\n    listen = 127.0.0.1\n"
        f"    port = {place.port}\n  }}\n  inet_listener imaps {{\n    port = 0\n  }}\n}}\n"
    )
    return place.started("dovecot", "-F", "-c", str(folder / "dovecot.conf"))


def slapd(place: Place) -> subprocess.Popen[bytes]:
    folder = place.folder
    (folder / "data").mkdir()
    (folder / "slapd.conf").write_text(
        f"pidfile {folder}/slapd.pid\n"
        f"TLSCACertificateFile {folder}/certificate.pem\nTLSCertificateFile {folder}/certificate.pem\n"
        f"TLSCertificateKeyFile {folder}/key.pem\nTLSVerifyClient never\n"
    )
    return place.started("slapd", "-d", "0", "-f", "slapd.conf", "-h", f"ldap://127.0.0.1:{place.port}/")


def postgres(place: Place) -> subprocess.Popen[bytes]:
    data = str(place.folder / "data")
    place.run("initdb", "--pgdata", data, "--auth", "reject", "--no-sync")
    files = {"ssl_cert_file": "certificate.pem", "ssl_key_file": "key.pem"}
    settings = {name: f"{place.folder}/{file}" for name, file in files.items()}
    settings |= {"ssl": "on", "fsync": "off", "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return place.started("postgres", "-D", data, "-p", str(place.port), *options)


def mariadb(place: Place) -> subprocess.Popen[bytes]:
    data = place.folder / "data"
    place.run("mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db")
    return place.started(
        *("mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={place.folder}/socket"),
        *(f"--port={place.port}", "--bind-address=127.0.0.1", f"--pid-file={place.folder}/pid"),
        *(f"--ssl-cert={place.folder}/certificate.pem", f"--ssl-key={place.folder}/key.pem"),
    )


PROGRAMS: Mapping[str, Program] = {
    "Postfix": Program("postfix", "postfix", StartTls.SMTP, "", postfix),
    "Dovecot": Program("dovecot", "dovecot-imapd", StartTls.IMAP, "", dovecot),
    "slapd": Program("slapd", "slapd", StartTls.LDAP, "openldap", slapd),
    "PostgreSQL": Program("postgres", "postgresql", StartTls.POSTGRES, "postgres", postgres),
    "MariaDB": Program("mariadbd", "mariadb-server", StartTls.MYSQL, "mysql", mariadb),
}


@contextmanager
def running(program: Program, identity: Identity) -> Iterator[int]:
    """Yields the port. Skips without the program, unless CI=true: there it is a fault."""
    if shutil.which(program.command, path=_PATH) is None:
        missing = f"needs {program.package} (Debian)"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    is_root = os.geteuid() == 0
    if not program.owner and not is_root:
        pytest.skip(f"{program.command} is started by root only")
    folder = Path(tempfile.mkdtemp(prefix="certctl-servers-"))  # pytest's own belongs to its user alone
    try:
        place = _prepared(folder, identity, program.owner if is_root and program.owner else None)
        process = program.start(place)
        try:
            _wait_for(program, place, process)
            yield place.port
        finally:
            process.terminate()
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepared(folder: Path, identity: Identity, user: str | None) -> Place:
    folder.chmod(0o755)
    (folder / "certificate.pem").write_bytes(pem(identity.chain))
    (folder / "key.pem").write_bytes(identity.key_pem)
    (folder / "key.pem").chmod(0o600)
    if user:
        account = pwd.getpwnam(user)
        for path in (folder, *folder.iterdir()):
            os.chown(path, account.pw_uid, account.pw_gid)
    return Place(folder, free_port(), user)


def _wait_for(program: Program, place: Place, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + _PATIENCE
    while not handshakes(place.port, starttls=program.starttls)[0].chain:
        assert process.poll() is None, _logs(place.folder)
        assert time.monotonic() < ends, f"{program.command} does not come up: {_logs(place.folder)}"
        time.sleep(0.1)


def _logs(folder: Path) -> Sequence[Any]:
    return [each.read_text("utf-8", "replace")[-2000:] for each in sorted(folder.glob("*.log"))]
