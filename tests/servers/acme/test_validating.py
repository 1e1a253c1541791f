"""Our validator against servers that show proofs and that others wrote: Let's Encrypt's challtestsrv, the
server of certbot's library, and OpenSSL's."""

import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from acme import challenges, standalone
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from josepy.jwk import JWKRSA

from certctl.connectors.acme.paths import Ports
from certctl.domain.acme.challenges import Proof, Validated
from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.problems import ProblemType
from certctl.domain.base64url import to_base64url
from tests.support.acme.challenge_server import ChallengeServer, running_challenge_server
from tests.support.acme.proofs import DIGEST, KEY_AUTHORIZATION, PATH, TOKEN, proof, refusal, validator
from tests.support.issuing.loopback import free_ports, started
from tests.support.serving import running_server

NAME = "www.example.com"
TXT = "_acme-challenge.www.example.com."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChallengeServer]:
    with running_challenge_server(tmp_path_factory.mktemp("challenges")) as running:
        yield running


def outcome(server: ChallengeServer, wanted: Proof, identities: tuple[str, ...] = ()) -> object:
    made = validator(server.name_server, server.web_ports, identities=identities)
    return made.outcome(wanted)


def test_http_01_of_challtestsrv(server: ChallengeServer) -> None:
    server.manage("add-http01", token=TOKEN, content=KEY_AUTHORIZATION.decode())
    assert outcome(server, proof()) == Validated()
    server.manage("del-http01", token=TOKEN)
    assert outcome(server, proof()) != Validated()


def test_http_01_of_challtestsrv_redirected_to_https(server: ChallengeServer) -> None:
    server.manage("add-http01", token="elsewhere", content=KEY_AUTHORIZATION.decode())
    target = f"https://{NAME}:{server.ports['https01']}/.well-known/acme-challenge/elsewhere"
    server.manage("add-redirect", path=PATH, targetURL=target)
    ports = Ports(server.ports["http01"], server.ports["https01"])
    assert validator(server.name_server, ports).outcome(proof()) == Validated()
    server.manage("del-redirect", path=PATH)


def test_dns_01_of_challtestsrv_by_a_cname(server: ChallengeServer) -> None:
    server.manage("set-cname", host=TXT, target="validation.example.net.")
    server.manage("set-txt", host="validation.example.net.", value="another order")
    wanted = proof(ChallengeType.DNS_01, is_wildcard=True)
    assert outcome(server, wanted) != Validated()
    server.manage("set-txt", host="validation.example.net.", value=DIGEST)
    assert outcome(server, wanted) == Validated()
    server.manage("set-servfail", host=TXT)
    assert outcome(server, wanted) != Validated()
    server.manage("clear-servfail", host=TXT)
    server.manage("clear-cname", host=TXT)


def test_tls_alpn_01_of_challtestsrv(server: ChallengeServer) -> None:
    server.manage("add-tlsalpn01", host=NAME, content=KEY_AUTHORIZATION.decode())
    assert outcome(server, proof(ChallengeType.TLS_ALPN_01)) == Validated()
    server.manage("add-tlsalpn01", host=NAME, content="another")
    assert outcome(server, proof(ChallengeType.TLS_ALPN_01)) != Validated()


def test_caa_of_challtestsrv(server: ChallengeServer) -> None:
    server.manage("set-txt", host=TXT, value=DIGEST)
    policies = [{"tag": "issue", "value": "ca.example; validationmethods=dns-01"}]
    server.manage("add-caa", host="example.com.", policies=policies)
    wanted = proof(ChallengeType.DNS_01)
    assert outcome(server, wanted, ("ca.example",)) == Validated()
    refused = validator(server.name_server, server.web_ports, identities=("other.example",)).outcome(wanted)
    assert refusal(refused) is ProblemType.CAA
    server.manage("clear-caa", host="example.com.")
    server.manage("clear-txt", host=TXT)


@pytest.fixture(scope="module")
def key() -> JWKRSA:
    """The key of an ACME account of certbot's library."""
    return JWKRSA(key=rsa.generate_private_key(65537, 2048))


def proof_of(type: ChallengeType, token: bytes, key: JWKRSA) -> Proof:
    return Proof(type, NAME, to_base64url(token), to_base64url(key.thumbprint(hash_function=SHA256)))


def test_http_01_of_certbots_standalone_server(server: ChallengeServer, key: JWKRSA) -> None:
    token = b"t" * 32
    challenge = challenges.HTTP01(token=token)
    response, validation = challenge.response_and_validation(key)
    shown = standalone.HTTP01RequestHandler.HTTP01Resource(challenge, response, validation)
    web = standalone.HTTP01Server(("127.0.0.1", 0), {shown})
    port = int(web.server_address[1])
    with running_server(web):
        found = validator(server.name_server, Ports(port, port)).outcome(
            proof_of(ChallengeType.HTTP_01, token, key)
        )
    assert found == Validated()


def test_dns_01_of_certbots_library(server: ChallengeServer, key: JWKRSA) -> None:
    token = b"u" * 32
    server.manage("set-txt", host=TXT, value=challenges.DNS01(token=token).validation(key))
    assert outcome(server, proof_of(ChallengeType.DNS_01, token, key)) == Validated()
    server.manage("clear-txt", host=TXT)


@pytest.mark.parametrize("has_identifier", [True, False])
def test_tls_alpn_01_of_openssl(server: ChallengeServer, tmp_path: Path, has_identifier: bool) -> None:
    """The certificate as dehydrated makes it."""
    digest = sha256(KEY_AUTHORIZATION).hexdigest()
    extensions = ["-addext", f"subjectAltName=DNS:{NAME}"]
    if has_identifier:
        extensions += ["-addext", f"1.3.6.1.5.5.7.1.31=critical,DER:04:20:{digest}"]
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "shown.pem")]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={NAME}", *files]
    subprocess.run([*made, *extensions], check=True, capture_output=True)
    port = free_ports("tls")["tls"]
    serving = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-alpn", "acme-tls/1", "-quiet"]
    files = ["-key", str(tmp_path / "key.pem"), "-cert", str(tmp_path / "shown.pem")]
    process = started([*serving, *files], port, tmp_path / "openssl.log", {})
    try:
        found = validator(server.name_server, Ports(port, port)).outcome(proof(ChallengeType.TLS_ALPN_01))
    finally:
        process.kill()
        process.wait()
    assert (found == Validated()) is has_identifier
