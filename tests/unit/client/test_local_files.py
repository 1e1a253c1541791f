"""Files, keys and the directory of one certificate, without a server."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from certctl.crypto.issuing.copied_requests import differences
from certctl.crypto.issuing.csr import parse_csr
from certctl.crypto.names import names_of
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.policies.profiles import Profile
from certctl_client.enrolment.csrs import csr_pem
from certctl_client.enrolment.directory import Names, Request, store
from certctl_client.enrolment.ids import new_certificate_id
from certctl_client.enrolment.issued import chain_of
from certctl_client.enrolment.key_types import KeyType
from certctl_client.enrolment.keys import load_key, new_key_pem, same_key
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.files import keep_new, replace_file, write_private

REQUEST = Request(
    "create", "https://certctl.example.com", KeyType.EC_P256, {"common_name": "www.example.com"}
)
NAMES = Names("www.example.com", ())


def test_a_new_file_is_private_and_whole_and_never_replaces_one(tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert keep_new(path, b"one")
    assert not keep_new(path, b"two")
    with pytest.raises(CommandError, match="exists already"):
        write_private(path, b"three")
    assert path.read_bytes() == b"one"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_of_many_at_once_one_wins_and_all_know(tmp_path: Path) -> None:
    path = tmp_path / "key"
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda number: keep_new(path, str(number).encode()), range(8)))
    assert won.count(True) == 1
    assert path.read_bytes() == str(won.index(True)).encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_replaced_at_once(tmp_path: Path) -> None:
    path = tmp_path / "certificate"
    replace_file(path, b"one")
    replace_file(path, b"two")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"two", 0o644)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("path", [Path("/proc/x"), Path("/nowhere/at/all")])
def test_a_file_that_cannot_be_written_is_an_error(path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        keep_new(path, b"")
    with pytest.raises(CommandError, match="cannot be written"):
        replace_file(path, b"")


@pytest.mark.parametrize("kind", [kind for kind in KeyType if kind is not KeyType.RSA_4096])
def test_the_server_takes_the_requests_of_every_kind_of_key(kind: KeyType) -> None:
    key = load_key(new_key_pem(kind))
    checked = parse_csr(csr_pem(key, "www.example.com", ["192.0.2.1"]).decode())
    assert list(map(str, checked.names)) == ["DNS:www.example.com", "IP:192.0.2.1"]
    assert checked.key_type.lower() == {"ec-p256": "ecdsa-p256", "ec-p384": "ecdsa-p384"}.get(kind, kind)
    assert same_key(key, checked.public_key)


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN PRIVATE KEY-----\n", b"\xff"])
def test_other_keys_are_refused(pem: bytes) -> None:
    with pytest.raises(ConfigurationError):
        load_key(pem)


def test_what_was_begun_is_gone_on_with(tmp_path: Path) -> None:
    first = store(tmp_path / "a" / "b", REQUEST, NAMES, new_certificate_id)
    second = store(tmp_path / "a" / "b", REQUEST, NAMES, new_certificate_id)
    assert (first.was_begun, second.was_begun) == (False, True)
    assert (first.certificate_id, first.idempotency_key, first.csr_pem) == (
        *(second.certificate_id, second.idempotency_key, second.csr_pem),
    )
    assert same_key(first.key, second.key.public_key())


def test_two_runs_at_once_agree_on_one_key_and_one_request(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(lambda _: store(tmp_path / "x", REQUEST, NAMES, new_certificate_id), range(4)))
    assert len({(one.certificate_id, one.idempotency_key, one.csr_pem) for one in kept}) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *(("request.json", text) for text in (b"", b"{}", b"[]", b"[" * 100_000, b"\xff")),
        ("request.json", b'{"asked": {}, "certificate_id": 1, "idempotency_key": "x"}'),
        ("key.pem", b""),
        ("fullchain.pem", b""),
    ],
)
def test_a_directory_of_something_else_stays_as_it_is(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigurationError):
        store(tmp_path, REQUEST, NAMES, new_certificate_id)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(name, content)]


def test_ids_are_those_of_the_server() -> None:
    from certctl.domain.ids import time_of

    made = [new_certificate_id() for _ in range(100)]
    assert len(set(made)) == 100
    assert sorted(made)[0][:10] == made[0][:10]
    assert abs(time_of(made[0]).timestamp() - time_of(made[99]).timestamp()) < 5


@pytest.mark.parametrize("pem", ["", "no PEM", "-----BEGIN CERTIFICATE-----\n", "\ud800"])
def test_what_is_no_certificate_is_never_written(pem: str) -> None:
    with pytest.raises(CommandError, match="not a PEM certificate"):
        chain_of(pem)


@pytest.mark.parametrize(
    "names",
    [
        ("www.example.com", []),
        ("*.example.com", ["*.example.com", "DNS:api.example.com", "IP:192.0.2.1", "2001:db8::1"]),
        ("ops@example.com", ["email:root@example.com", "spiffe://example.com/a", "URI:urn:example:1"]),
        ("192.0.2.1", []),
        (f"{'a' * 60}.example.com", []),
    ],
    ids=lambda names: names[0][:20],
)
def test_a_request_says_what_its_record_says_so_that_an_issuer_may_copy_it(
    names: tuple[str, list[str]],
) -> None:
    record = a_record(*names)
    csr = parse_csr(csr_pem(load_key(new_key_pem(KeyType.ED25519)), *names).decode())

    assert set(map(str, csr.names)) == set(record.sans)
    assert differences(csr, record, Profile(("serverAuth",))) == []


def test_a_request_with_a_name_that_is_none_leaves_the_refusal_to_the_server() -> None:
    request = x509.load_pem_x509_csr(
        csr_pem(load_key(new_key_pem(KeyType.ED25519)), "w\u00fcrfel.example", [])
    )
    assert list(request.subject) == list(request.extensions) == []


def a_record(common_name: str, sans: list[str]) -> Certificate:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    return Certificate(
        id="mc-1",
        name=common_name,
        common_name=common_name,
        sans=tuple(map(str, names_of(common_name, sans))),
        owner_id="o-default",
        team_id="t-default",
        issuer_id="iss-pca",
        renewal_policy_id="rp-default",
        created_at=now,
        updated_at=now,
    )
