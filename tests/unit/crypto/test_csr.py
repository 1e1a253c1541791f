"""A corpus of requests, good and bad: each bad one is refused for its own reasons, all of them at once."""

from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.fingerprints import spki_sha256
from certctl.crypto.issuing.csr import check_names_within, parse_csr
from certctl.crypto.names import San, names_of
from certctl.domain.errors import CsrRejected
from tests.support.issuing.csr import (
    as_pem,
    build_csr,
    csr_pem,
    key_pem,
    new_key,
    resigned,
    rsa_key_with_exponent_3,
    saved,
    sign_csr,
    tampered,
)
from tests.support.openssl import openssl


def reasons(pem: str) -> list[str]:
    with pytest.raises(CsrRejected) as refused:
        parse_csr(pem)
    assert {problem.field for problem in refused.value.problems} == {"csr_pem"}
    return [problem.message for problem in refused.value.problems]


def sole_reason(pem: str) -> str:
    (reason,) = reasons(pem)
    return reason


@pytest.mark.parametrize("kind", ["ECDSA-P256", "ECDSA-P384", "RSA-2048", "RSA-3072", "Ed25519"])
def test_a_good_request_is_read_whole(kind: str) -> None:
    key = new_key(kind)
    csr = parse_csr(csr_pem("WWW.example.com", ["192.0.2.1", "a.example", "www.example.com"], key))
    assert csr.common_name == "WWW.example.com"
    assert csr.names == (San("DNS", "www.example.com"), San("IP", "192.0.2.1"), San("DNS", "a.example"))
    assert (csr.key_type, csr.public_key, csr.ignored_extensions) == (kind, key.public_key(), ())
    assert csr.spki_sha256 == spki_sha256(key.public_key())


def test_a_plain_openssl_request_is_read(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    pem = openssl(
        "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-subj", "/CN=a.example/O=X"
    )
    assert parse_csr(pem).names == (San("DNS", "a.example"),)
    assert parse_csr(pem.replace("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST")).pem == parse_csr(pem).pem


def test_names_may_be_left_out_altogether() -> None:
    csr = parse_csr(csr_pem(common_name=None))
    assert (csr.common_name, csr.names) == (None, ())


def test_text_around_the_request_does_not_survive() -> None:
    pem = csr_pem()
    assert parse_csr(f"Certificate Request:\n    Data:\n{pem}trailing text").pem == pem


def test_other_extensions_are_ignored_and_listed() -> None:
    extensions = [
        x509.BasicConstraints(ca=True, path_length=None),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]),
        x509.UnrecognizedExtension(
            x509.ObjectIdentifier("1.3.6.1.4.1.311.25.2"), b"\x30\x00"
        ),  # Windows: a SID
    ]
    csr = parse_csr(csr_pem(extensions=extensions, sans=["a.example"]))
    assert csr.ignored_extensions == ("basicConstraints", "extendedKeyUsage", "1.3.6.1.4.1.311.25.2")


def test_a_bad_signature_is_refused() -> None:
    assert sole_reason(tampered(csr_pem("www.example.com"), b"www.exa", b"wwx.exa")) == (
        "the signature does not verify"
    )


@pytest.mark.parametrize(("digest", "name"), [("-sha1", "SHA-1"), ("-md5", "MD5")])
def test_weak_hashes_are_refused(tmp_path: Path, digest: str, name: str) -> None:
    key = saved(tmp_path, key_pem(new_key("RSA-2048")))
    pem = openssl("req", "-new", "-key", key, "-subj", "/CN=a.example", digest)
    assert name in sole_reason(pem)


def test_small_and_large_rsa_keys_are_refused(tmp_path: Path) -> None:
    for bits in (1024, 5120):
        assert f"{bits} bits" in sole_reason(csr_pem(key=new_key(f"RSA-{bits}")))


def test_a_small_rsa_exponent_is_refused() -> None:
    assert "exponent is 3" in sole_reason(csr_pem(key=rsa_key_with_exponent_3()))


@pytest.mark.parametrize("curve", ["secp521r1", "secp224r1", "secp256k1", "brainpoolP256r1"])
def test_other_curves_are_refused(tmp_path: Path, curve: str) -> None:
    key = saved(tmp_path, openssl("ecparam", "-name", curve, "-genkey", "-noout"))
    assert "curve" in sole_reason(openssl("req", "-new", "-key", key, "-subj", "/CN=a.example"))


@pytest.mark.parametrize("algorithm", ["ed448", "ml-dsa-44"])
def test_other_key_types_are_refused(tmp_path: Path, algorithm: str) -> None:
    key = saved(tmp_path, openssl("genpkey", "-algorithm", algorithm))
    pem = openssl("req", "-new", "-key", key, "-subj", "/CN=a.example")
    assert "key type" in sole_reason(pem)


@pytest.mark.parametrize("curve", ["prime256v1", "secp384r1", "secp112r1", "sect163k1"])
def test_explicit_parameters_are_refused_even_of_a_good_curve(tmp_path: Path, curve: str) -> None:
    key = saved(tmp_path, openssl("ecparam", "-name", curve, "-param_enc", "explicit", "-genkey", "-noout"))
    assert "explicit" in sole_reason(openssl("req", "-new", "-key", key, "-subj", "/CN=a.example"))


def test_a_key_restricted_to_pss_is_refused_and_a_pss_signature_is_not(tmp_path: Path) -> None:
    restricted = saved(tmp_path, openssl("genpkey", "-algorithm", "RSA-PSS"))
    assert "PSS" in sole_reason(openssl("req", "-new", "-key", restricted, "-subj", "/CN=a.example"))
    plain = saved(tmp_path, key_pem(new_key("RSA-2048")))
    pss = openssl("req", "-new", "-key", plain, "-subj", "/CN=a.example", "-sigopt", "rsa_padding_mode:pss")
    assert parse_csr(pss).key_type == "RSA-2048"


def test_a_compressed_point_is_the_same_key(tmp_path: Path) -> None:
    key = new_key()
    compressed = openssl("ec", "-conv_form", "compressed", stdin=key_pem(key).encode())
    pem = openssl("req", "-new", "-key", saved(tmp_path, compressed), "-subj", "/CN=a.example")
    assert parse_csr(pem).spki_sha256 == spki_sha256(key.public_key())


def test_over_80_names_are_refused() -> None:
    names = [f"{number}.example.com" for number in range(80)]
    assert len(parse_csr(csr_pem("0.example.com", names)).names) == 80
    assert "80" in sole_reason(csr_pem("www.example.com", names))
    assert "80" in sole_reason(csr_pem(None, [*names, "www.example.com"]))


def test_over_32_kib_is_refused_unread() -> None:
    assert "32768" in sole_reason(csr_pem() + "x" * 33_000)


def test_several_pem_blocks_are_refused() -> None:
    key = new_key()
    assert "several" in sole_reason(csr_pem(key=key) * 2)
    assert "several" in sole_reason(key_pem(key) + csr_pem(key=key))


@pytest.mark.parametrize("place", ["subject", "name"])
def test_a_nul_inside_a_name_is_refused(place: str) -> None:
    key = new_key()
    pem = csr_pem("wwwx.example.com" if place == "subject" else None, ["wwwx.example.com"], key)
    assert any("NUL" in reason for reason in reasons(resigned(pem, key, b"wwwx", b"www\x00")))


@pytest.mark.parametrize(
    "name",
    [
        x509.DNSName._init_without_validation("münchen.example"),
        x509.DNSName("under_score.example"),
        x509.DNSName("xn--zzzzzzz--.example"),
        x509.DNSName(""),
        x509.RFC822Name("nobody"),
        x509.UniformResourceIdentifier("relative"),
        x509.RegisteredID(x509.ObjectIdentifier("1.2.3.4")),
        x509.OtherName(x509.ObjectIdentifier("1.2.3.4"), b"\x0c\x01x"),
        x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), b"\x0c\x05a@b.c"),  # Windows: a UPN
        x509.UniformResourceIdentifier("TAG:Microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-500"),
        x509.DirectoryName(x509.Name([])),
    ],
)
def test_names_that_are_none_are_refused(name: x509.GeneralName) -> None:
    assert len(reasons(build_csr("www.example.com", [name]))) == 1


def test_a_common_name_that_is_no_name_is_refused() -> None:
    assert "My Service" in sole_reason(csr_pem("My Service"))


def test_a_version_that_does_not_exist_is_refused() -> None:
    key = new_key()
    pem = resigned(csr_pem(key=key), key, b"\x02\x01\x00\x30", b"\x02\x01\x01\x30")
    assert "PKCS#10" in sole_reason(pem)


def test_several_common_names_are_refused() -> None:
    names = [x509.NameAttribute(NameOID.COMMON_NAME, f"{letter}.example") for letter in "ab"]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
    assert "several common names" in sole_reason(sign_csr(builder, new_key()))


def test_an_extension_that_is_there_twice_is_refused() -> None:
    key = new_key()
    twins = [x509.UnrecognizedExtension(x509.ObjectIdentifier(f"1.2.3.4.{n}"), b"\x05\x00") for n in (5, 6)]
    pem = resigned(csr_pem(key=key, extensions=twins), key, b"\x2a\x03\x04\x06", b"\x2a\x03\x04\x05")
    assert "1.2.3.4.5 is there twice" in sole_reason(pem)


def test_a_second_extension_request_is_refused() -> None:
    key = new_key()
    builder = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("a.example")]), critical=False)
        .add_attribute(x509.ObjectIdentifier("1.3.6.1.4.1.311.2.1.14"), b"")
    )
    pem = resigned(sign_csr(builder, key), key, b"\x31\x02\x0c\x00", b"\x31\x02\x30\x00")
    assert "several extension requests" in sole_reason(pem)


def test_all_reasons_come_at_once() -> None:
    key = new_key("RSA-1024")
    names = [x509.DNSName("under_score.example"), x509.RegisteredID(x509.ObjectIdentifier("1.2.3.4"))]
    pem = tampered(build_csr("My Service", names, key), b"under_score", b"under_scorf")
    text = " ".join(reasons(pem))
    assert len(reasons(pem)) == 5
    for part in ("1024", "does not verify", "My Service", "under_scorf", "RegisteredID"):
        assert part in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "\x00",
        "\ud800",
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
        "-----BEGIN CERTIFICATE REQUEST-----\n!!!!\n-----END CERTIFICATE REQUEST-----\n",
        "-----BEGIN CERTIFICATE REQUEST-----\n",
        csr_pem().replace("CERTIFICATE REQUEST", "CERTIFICATE"),
        csr_pem()[:200],
    ],
)
def test_garbage_is_refused(text: str) -> None:
    assert sole_reason(text)


_GOOD = csr_pem("www.example.com", ["a.example", "192.0.2.1"])


@given(st.integers(0, len(_GOOD) - 1), st.characters())
def test_a_changed_character_never_causes_any_other_error(position: int, character: str) -> None:
    with suppress(CsrRejected):
        parse_csr(_GOOD[:position] + character + _GOOD[position + 1 :])


def test_a_request_may_leave_names_out_but_never_add_any() -> None:
    allowed = names_of("www.example.com", ["a.example", "192.0.2.1"])
    for pem in (csr_pem("www.example.com"), csr_pem(None), csr_pem("a.example", ["192.0.2.1"])):
        check_names_within(parse_csr(pem), allowed)
    with pytest.raises(CsrRejected) as refused:
        check_names_within(parse_csr(csr_pem("b.example", ["*.example.com", "a.example"])), allowed)
    assert [problem.message for problem in refused.value.problems] == [
        "DNS:b.example is not a name of this certificate",
        "DNS:*.example.com is not a name of this certificate",
    ]


@given(st.data())
def test_a_changed_octet_never_causes_any_other_error(data: st.DataObject) -> None:
    der = bytearray(x509.load_pem_x509_csr(_GOOD.encode()).public_bytes(Encoding.DER))
    der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    with suppress(CsrRejected):
        parse_csr(as_pem(bytes(der)))
