"""What the CAs of a chain allow, by this code and by OpenSSL, Go and Java.

The chains are a root, a policy CA, an issuing CA and a leaf, all really signed, with random name constraints,
key usages and policies in any of the CAs. A leaf that is issued is accepted by all three clients for each of
its usages; one that is refused is refused by one of them at least.

Known differences:
- Go refuses each chain that has a critical constraint of directory names, whatever the leaf. Such chains are
  compared with the other two.
- A wildcard that covers an excluded host is refused here. OpenSSL and Go up to 1.25.4 accept it, Java refuses
  it unless only the root excludes the host: it holds no constraint of a trust anchor.
- Java joins the constraints of several CAs, and then loses `.example.com` of a CA that permits mail or URIs
  in `example.com` too.
- Java reads the common name of a CA as a DNS name if it is one word. The CAs here have names of two.

The long search is `CHAIN_RUNS=50000 .venv/bin/pytest -m nightly tests/integration/authorities/chains`.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from hypothesis import example, given, settings
from hypothesis import strategies as st

from certctl.crypto.issuing.chains import IssuingChain
from certctl.crypto.issuing.extensions import key_usage
from certctl.crypto.issuing.issuing import LeafRequest, PlannedLeaf, leaf_builder, leaf_problems
from certctl.crypto.names import names_of
from certctl.crypto.permitted_names import name_constraints
from certctl.crypto.serials import new_serial
from certctl.domain.policies.usages import ExtendedKeyUsage
from tests.support.status.relying import require
from tests.support.verifiers import OK, Verifiers, verifiers

_NOW = datetime.now(UTC).replace(microsecond=0)
_KEYS = [ec.generate_private_key(ec.SECP256R1()) for _ in range(4)]
_LEAF_KEY, *_CA_KEYS = _KEYS
_SUBJECTS = ("CN=Issuing CA,O=Example", "CN=Policy CA,O=Example", "CN=Root,O=Example")
_CRITICAL = (x509.BasicConstraints, x509.KeyUsage, x509.NameConstraints, x509.PolicyConstraints)
_POLICY = x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("1.3.6.1.4.1.1"), None)])
_HOSTS = ("example.com", "a.example.com", "secret.a.example.com", "other.test", "corp")
_NAMES = (
    *_HOSTS,
    *("*.example.com", "*.a.example.com"),
    *("10.0.0.1", "10.200.0.1", "192.0.2.1", "fd00::1", "2001:db8::1"),
    *(f"{local}@{host}" for local in ("x", "X") for host in _HOSTS[:3]),
    *(f"https://{host}/" for host in _HOSTS),
    *("https://u@a.example.com:8443/x:y", "https://10.0.0.1/", "https://[fd00::1]/", "urn:x:y"),
)
_BASES: tuple[x509.GeneralName, ...] = (
    *map(x509.DNSName, _HOSTS),
    *(x509.IPAddress(ip_network(each)) for each in ("10.0.0.0/8", "10.0.0.0/16", "0.0.0.0/0")),
    *(x509.IPAddress(ip_network(each)) for each in ("fd00::/8", "::/0")),
    *(x509.RFC822Name(each) for each in ("example.com", ".example.com", "x@a.example.com", "X@example.com")),
    *(x509.UniformResourceIdentifier(each) for each in ("example.com", ".example.com", "none.invalid")),
)
_HOSTED = (x509.RFC822Name, x509.UniformResourceIdentifier)
_PAIR = {"example.com", ".example.com"}
_DIRECTORIES = [
    x509.DirectoryName(x509.Name.from_rfc4514_string(each))
    for each in ("O=Example", "O=example", "CN=Issuing CA,O=Example", "CN=example.com", "CN=EXAMPLE.com")
]

type Extensions = tuple[x509.ExtensionType, ...]


def _constraints(bases: st.SearchStrategy[x509.GeneralName]) -> st.SearchStrategy[Extensions]:
    subtrees = st.lists(bases, max_size=3)
    made = st.tuples(subtrees, subtrees).filter(any)
    return made.map(lambda given: (x509.NameConstraints(given[0] or None, given[1] or None),))


_NONE: st.SearchStrategy[Extensions] = st.just(())
_NAMED = _constraints(st.sampled_from(_BASES))
_STACKS_OWN = st.lists(st.sampled_from(["example.com", "corp", "10.0.0.0/8", "fd00::/8"]), unique=True)
_OWN = _STACKS_OWN.filter(lambda each: any("/" not in text for text in each)).map(
    lambda each: (name_constraints(each),)
)
_DIRECTED = _constraints(st.sampled_from([*_DIRECTORIES, *_BASES[:2]]))
_USAGES = st.lists(
    st.sampled_from(
        [Usage.SERVER_AUTH, Usage.CLIENT_AUTH, Usage.EMAIL_PROTECTION, Usage.ANY_EXTENDED_KEY_USAGE]
    ),
    min_size=1,
    unique=True,
).map(lambda oids: (x509.ExtendedKeyUsage(oids),))
_POLICIES = st.integers(0, 4).map(lambda skipped: (x509.PolicyConstraints(skipped, None), _POLICY))
_CA = st.tuples(_NONE | _NONE | _NAMED | _OWN, _NONE | _NONE | _USAGES, _NONE | _NONE | _NONE | _POLICIES)
_CAS = st.tuples(_CA, _CA, _CA).map(lambda cas: [sum(parts, ()) for parts in cas])
_WANTED = st.lists(st.sampled_from(_NAMES), min_size=1, max_size=3, unique=True)
_PROFILES = st.sampled_from(
    [
        (ExtendedKeyUsage.SERVER_AUTH,),
        (ExtendedKeyUsage.CLIENT_AUTH,),
        (ExtendedKeyUsage.SERVER_AUTH, ExtendedKeyUsage.CLIENT_AUTH),
        (ExtendedKeyUsage.EMAIL_PROTECTION,),
    ]
)
_QUICK = settings(max_examples=100, derandomize=True)
_LONG = settings(max_examples=int(os.environ.get("CHAIN_RUNS", "5000")))


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verifiers]:
    require("javac")
    require("go")
    with verifiers(tmp_path_factory.mktemp("chains")) as started:
        yield started


def _cas(extensions: Sequence[Extensions]) -> list[x509.Certificate]:
    """From the issuing CA up to the root."""
    return [_ca(at, min(at + 1, len(_SUBJECTS) - 1), added) for at, added in enumerate(extensions)]


def _ca(at: int, above: int, added: Extensions) -> x509.Certificate:
    key, signer = _CA_KEYS[at].public_key(), _CA_KEYS[above]
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name.from_rfc4514_string(_SUBJECTS[at]))
        .issuer_name(x509.Name.from_rfc4514_string(_SUBJECTS[above]))
        .public_key(key)
        .serial_number(new_serial())
        .not_valid_before(_NOW - timedelta(days=1))
        .not_valid_after(_NOW + timedelta(days=100))
    )
    of_all: Extensions = (
        x509.BasicConstraints(ca=True, path_length=at),
        key_usage("key_cert_sign", "crl_sign"),
        x509.SubjectKeyIdentifier.from_public_key(key),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
    )
    for each in (*of_all, *added):
        builder = builder.add_extension(each, critical=isinstance(each, _CRITICAL))
    return builder.sign(signer, hashes.SHA256())


def _leaf(
    chain: IssuingChain, names: Sequence[str], usages: tuple[ExtendedKeyUsage, ...]
) -> x509.Certificate:
    """A leaf as this code makes it, whether or not the chain allows it."""
    request = LeafRequest(
        public_key=_LEAF_KEY.public_key(),
        common_name=names[0],
        names=names_of(names[0], names[1:]),
        extended_key_usages=usages,
        serial=new_serial(),
        not_before=_NOW - timedelta(hours=1),
        not_after=_NOW + timedelta(days=90),
        crl_url="http://pki.example.com/0.crl",
        issuer_url="http://pki.example.com/ca.crt",
        ocsp_url=None,
    )
    return leaf_builder(request, chain).sign(_CA_KEYS[0], hashes.SHA256())


def _are_joined_by_java(extensions: Sequence[Extensions]) -> bool:
    below_root = [
        each for added in extensions[:-1] for each in added if isinstance(each, x509.NameConstraints)
    ]
    bases = [{(type(b), str(b.value)) for b in each.permitted_subtrees or ()} for each in below_root]
    pairs = ({text for kind, text in found if kind in _HOSTED} >= _PAIR for found in bases)
    return len(below_root) > 1 and any(pairs)


def _compare(
    clients: Verifiers,
    extensions: Sequence[Extensions],
    names: Sequence[str],
    usages: tuple[ExtendedKeyUsage, ...],
    but: Sequence[str] = (),
) -> None:
    cas = _cas(extensions)
    without = {*but, *(["Java"] if _are_joined_by_java(extensions) else [])}
    chain = IssuingChain.of(cas)
    problems = leaf_problems(chain, PlannedLeaf(names[0], names_of(names[0], names[1:]), usages))
    whole = [_leaf(chain, names, usages), *cas]
    verdicts = {
        (program, usage.value): verdict
        for usage in usages
        for program, verdict in clients.verdicts(usage.value, whole).items()
        if program not in without
    }
    refused = {by: verdict for by, verdict in verdicts.items() if verdict != OK}
    if not problems:
        assert not refused, "issued here"
    elif not all(problem.message.startswith("DNS:*.") for problem in problems):
        assert refused, f"refused here ({problems}), and accepted by all"


_ANY = {"extensions": _CAS, "names": _WANTED, "usages": _PROFILES}
_DIRECTORY = {
    "extensions": st.tuples(_NONE | _DIRECTED, _NONE | _DIRECTED, _NONE | _DIRECTED),
    "names": _WANTED,
    "usages": st.just((ExtendedKeyUsage.SERVER_AUTH,)),
}


@_QUICK
@given(**_ANY)
@example([(), (), ()], ["example.com"], (ExtendedKeyUsage.SERVER_AUTH,))
def test_what_is_issued_every_client_accepts_and_what_is_refused_one_refuses(
    clients: Verifiers, extensions: list[Extensions], names: list[str], usages: tuple[ExtendedKeyUsage, ...]
) -> None:
    _compare(clients, extensions, names, usages)


@_QUICK
@given(**_DIRECTORY)
def test_constraints_of_directory_names_are_those_of_openssl_and_java(
    clients: Verifiers, extensions: list[Extensions], names: list[str], usages: tuple[ExtendedKeyUsage, ...]
) -> None:
    _compare(clients, extensions, names, usages, but=["Go"])


@pytest.mark.nightly
@pytest.mark.timeout(0)
@_LONG
@given(**_ANY)
def test_clients_agree_on_many_chains(
    clients: Verifiers, extensions: list[Extensions], names: list[str], usages: tuple[ExtendedKeyUsage, ...]
) -> None:
    _compare(clients, extensions, names, usages)


@pytest.mark.nightly
@pytest.mark.timeout(0)
@_LONG
@given(**_DIRECTORY)
def test_clients_agree_on_many_chains_with_directory_names(
    clients: Verifiers, extensions: list[Extensions], names: list[str], usages: tuple[ExtendedKeyUsage, ...]
) -> None:
    _compare(clients, extensions, names, usages, but=["Go"])
