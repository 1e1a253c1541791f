"""From files to targets, consent and changes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from certctl_client.agent.consent.file import parsed
from certctl_client.agent.consent.proposal import Wishes
from certctl_client.agent.discovery.consenting import consent_with
from certctl_client.agent.discovery.findings import Commands, Mention, Server, VirtualHost
from certctl_client.agent.discovery.placing import DEFAULT_COMMANDS
from certctl_client.agent.discovery.plan import Owner, Plan, planned
from certctl_client.agent.discovery.showing import as_json
from certctl_client.agent.discovery.sites import sites_of
from certctl_client.errors import ConfigurationError

_NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
_EC, _RSA = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)

type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def _pem(key: Key, password: bytes = b"") -> bytes:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def _certificate(key: Key, names: Sequence[str], days: int = 30) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Some CA")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(_NOW - timedelta(days=60))
    sans = x509.SubjectAlternativeName([x509.DNSName(each) for each in names])
    made = builder.not_valid_after(_NOW + timedelta(days=days)).add_extension(sans, critical=False)
    return made.sign(_EC, SHA256()).public_bytes(Encoding.PEM)


@dataclass(frozen=True)
class Etc:
    """The directory of a server's configuration. `reload` is the server's, if it is not the usual one."""

    folder: Path
    kind: str = "NGINX"
    reload: Sequence[str] = ()

    def host(
        self,
        name: str,
        certificate: bytes,
        key: bytes | None,
        addresses: Sequence[str] = ("*:443",),
        **more: Any,
    ) -> VirtualHost:
        """A virtual host with a configuration of its own, which names the two files."""
        paths = [self.folder / f"{name}.{ending}" for ending in ("crt", "key")]
        paths[0].write_bytes(certificate)
        if key is not None:
            paths[1].write_bytes(key)
        conf, text = self.folder / f"{name}.conf", f"{paths[0]} {paths[1]}"
        conf.write_text(text)
        half = len(str(paths[0]))
        at = Mention(conf, 1, 0, half), Mention(conf, 1, half + 1, len(text))
        return VirtualHost([name], addresses, paths[0], at[0], paths[1], at[1], **more)

    def plan(self, *hosts: VirtualHost, is_managed: bool = False) -> Plan:
        test, reload = DEFAULT_COMMANDS[self.kind]
        commands = Commands([self.kind.lower()], test, self.reload or reload)
        server = Server(self.kind, commands, self.folder, hosts)
        sites = sites_of(server, lambda leaf: is_managed, _NOW)
        return planned([server], sites, Owner("agent", (1, 1)), self.folder / "consent.toml")


@pytest.fixture
def etc(tmp_path: Path) -> Etc:
    return Etc(tmp_path)


def _shown(plan: Plan) -> Any:
    return json.loads(json.dumps(as_json(plan, "agt-1", _NOW, [])))


def test_a_site_gets_new_paths_a_target_and_the_requests(etc: Etc) -> None:
    names = ["www.example.com", "example.com"]

    shown = _shown(etc.plan(etc.host("www.example.com", _certificate(_EC, names), _pem(_EC))))

    (found,) = shown["certificates"]
    base = f"{etc.folder}/tls/www-example-com-nginx"
    assert (found["issuer"], found["key"], found["days_left"]) == ("Some CA", "ECDSA 256", 30)
    assert found["moves_to"] == [f"{base}.pem", f"{base}.key"]
    assert found["target"]["config"] == {
        **{"certificate_path": f"{base}.pem", "key_path": f"{base}.key"},
        **{"verify_address": "127.0.0.1:443", "verify_server_name": "www.example.com"},
    }
    assert shown["requests"][1][2:] == [
        *("create", "--cn", "www.example.com", "--san", "example.com"),
        *("--await-csr", "--target", "tgt-www-example-com-nginx"),
    ]
    assert (etc.folder / "tls").exists() is False


def test_the_configuration_names_the_new_paths_and_keeps_the_rest(etc: Etc) -> None:
    plan = etc.plan(etc.host("a.example", _certificate(_EC, ["a.example"]), _pem(_EC)))

    (change,) = [each for each in plan.changes if each.path.suffix == ".conf"]
    tls = f"{etc.folder}/tls/a-example-nginx"
    assert change.after.content.decode() == f"{tls}.pem {tls}.key"


@pytest.mark.parametrize(
    ("certificate", "key", "problem"),
    [
        (_certificate(_EC, ["a"]), _pem(_RSA), "key mismatch"),
        (_certificate(_EC, ["a"]), _pem(_EC, b"secret"), "without a password"),
        (_certificate(_EC, ["a"]), b"nothing", "holds no private key"),
        (_certificate(_EC, ["a"]), None, "cannot be read: No such file"),
        (b"nothing", _pem(_EC), "holds no certificate in PEM"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", _pem(_EC), "cannot be read"),
        (b"x" * (1024 * 1024 + 1), _pem(_EC), "more than 1048576 bytes"),
    ],
)
def test_what_is_wrong_keeps_the_files_where_they_are(
    etc: Etc, certificate: bytes, key: bytes | None, problem: str
) -> None:
    plan = etc.plan(etc.host("a", certificate, key))

    assert problem in str(_shown(plan)["certificates"][0]["problems"])
    assert (plan.moves, plan.changes, plan.directories) == ([], [], [])


def test_what_the_agent_manages_stays(etc: Etc) -> None:
    plan = etc.plan(etc.host("a", _certificate(_EC, ["a"]), _pem(_EC)), is_managed=True)

    assert "already managed" in plan.sites[0].problems[0]
    assert plan.moves == []


def test_an_expired_certificate_and_a_name_that_it_has_not_are_noted(etc: Etc) -> None:
    plan = etc.plan(etc.host("b.example", _certificate(_EC, ["*.a.example"], days=-1), _pem(_EC)))

    assert plan.sites[0].remarks == ["it has expired", "the certificate does not have the name b.example"]
    assert plan.moves


def test_of_a_pair_the_rsa_certificate_gets_a_target_without_a_handshake(etc: Etc) -> None:
    hosts = [
        etc.host("rsa", _certificate(_RSA, ["a.example"]), _pem(_RSA)),
        etc.host("ec", _certificate(_EC, ["a.example"]), _pem(_EC)),
    ]

    plan = etc.plan(*hosts)

    assert [move.target["type"] for move in plan.moves] == ["Files", "NGINX"]
    assert plan.moves[0].target["config"]["reload_command"] == ["systemctl", "reload", "nginx"]
    (consent,) = [each for each in plan.changes if each.path.name == "consent.toml"]
    allowed = parsed(consent.after.content, consent.path)
    assert (allowed.kinds, allowed.commands) == (["Files", "NGINX"], [["systemctl", "reload", "nginx"]])


def test_two_certificates_with_one_name_get_different_paths(etc: Etc) -> None:
    files = _certificate(_EC, ["a.example"]), _pem(_EC)

    plan = etc.plan(etc.host("x", *files, ["*:443"]), etc.host("y", *files, ["*:444"]))

    assert [move.slug for move in plan.moves] == ["a-example-nginx", "a-example-nginx-2"]


def test_virtual_hosts_that_share_files_are_one_certificate(etc: Etc) -> None:
    host = etc.host("a.example", _certificate(_EC, ["a.example"]), _pem(_EC))
    other = VirtualHost(
        ["b.example"], ["*:444"], host.certificate, host.certificate_at, host.key, host.key_at
    )

    (site,) = etc.plan(host, other).sites

    assert (site.names, site.addresses) == (["a.example", "b.example"], ["*:443", "*:444"])


def test_a_directory_of_haproxy_moves_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    etc = Etc(tmp_path, "HAProxy")
    good = etc.host("a", _certificate(_EC, ["a"]), _pem(_EC), folder=tmp_path / "d")
    bad = etc.host("b", _certificate(_EC, ["b"]), _pem(_RSA), folder=tmp_path / "d")

    whole, none = etc.plan(good), etc.plan(good, bad)

    assert [str(each.path) for each in whole.moves[0].files] == [f"{tmp_path}/tls/d/a.crt"]
    assert none.moves == []
    assert "in the same directory" in _shown(none)["certificates"][0]["problems"][0]


def test_a_chain_of_apache_moves_into_the_certificates_file(tmp_path: Path) -> None:
    etc = Etc(tmp_path, "Apache")
    chain = tmp_path / "chain.pem"
    chain.write_bytes(_certificate(_RSA, ["Some CA"]))
    conf = tmp_path / "chain.conf"
    conf.write_text("SSLCertificateChainFile chain.pem")
    leaf = _certificate(_EC, ["a"])
    host = etc.host("a", leaf, _pem(_EC), chain=chain, chain_at=Mention(conf, 1, 0, 0))

    plan = etc.plan(host)

    assert plan.moves[0].files[0].content == leaf + chain.read_bytes()
    (change,) = [each for each in plan.changes if each.path == conf]
    assert change.after.content.startswith(b"# certctl: ")


def test_a_taken_path_and_an_unknown_user_are_refused(etc: Etc) -> None:
    host = etc.host("a", _certificate(_EC, ["a"]), _pem(_EC))
    (etc.folder / "tls").mkdir()
    plan = etc.plan(host)

    assert "belongs to another user" in plan.refusals[0]


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (
            "# mine\nkinds = [\n  'Files', # ours\n]\n",
            ["kinds = [\"NGINX\", \n  'Files', # ours", 'directories = ["/t"]'],
        ),
        ("any_directory = true\nkinds = ['NGINX']\n", ["any_directory = true\nkinds = ['NGINX']\n"]),
        ("kinds=['NGINX']\ndirectories = ['/t']\n", ["directories = ['/t']"]),
    ],
)
def test_a_consent_file_keeps_its_lines_and_gets_what_is_missing(present: str, expected: list[str]) -> None:
    path = Path("/etc/certctl-agent/consent.toml")

    text = consent_with(Wishes(kinds=["NGINX"], directories=["/t"]), present.encode(), path).decode()

    assert [each for each in expected if each not in text] == []
    assert "NGINX" in parsed(text.encode(), path).kinds


def test_an_invalid_consent_file_is_not_added_to() -> None:
    with pytest.raises(ConfigurationError, match="not TOML"):
        consent_with(Wishes(kinds=["NGINX"]), b"kinds = [", Path("/c"))
