"""Names of CAs: those of a stack are of no other."""

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from certctl.crypto.fingerprints import spki_sha256
from certctl.crypto.pem import load_certificate
from certctl.domain.authorities.authorities import Authority, NewAuthority
from certctl.services.authorities.setup import AuthorityPair, AuthoritySettings
from tests.support.authorities.pki import BUCKET, SETTINGS, Pki, new_keys
from tests.support.aws.clients import REGION, client, local_aws, new_database
from tests.support.clock import Clock

UNNAMED = replace(SETTINGS, root_subject="", issuing_subject="", stack="prod")


def certificate_of(authority: Authority) -> x509.Certificate:
    return load_certificate(authority.certificate_pem)


def names_of(pair: AuthorityPair) -> list[str]:
    return [certificate_of(each).subject.rfc4514_string() for each in (pair.root, pair.issuing)]


def test_default_names_have_the_name_of_the_stack_and_a_part_of_the_hash_of_the_roots_key(pki: Pki) -> None:
    pair = pki.authority(UNNAMED).initialize()
    part = spki_sha256(certificate_of(pair.root).public_key())[:8]
    assert names_of(pair) == [f"CN=prod {part} Root CA,O=certctl", f"CN=prod {part} Issuing CA 1,O=certctl"]


def test_a_stack_that_is_made_again_under_its_name_has_other_names() -> None:
    assert set(names_of_a_new_stack()).isdisjoint(names_of_a_new_stack())


def names_of_a_new_stack() -> list[str]:
    with local_aws():
        s3 = client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        pki = Pki(new_database(), s3, Clock(), new_keys())
        return names_of(pki.authority(UNNAMED).initialize())


def test_names_of_the_longest_stack_fit_and_no_linter_refuses_them(pki: Pki) -> None:
    """A common name has 64 characters at most; CloudFormation takes 128 for a stack's."""
    pair = pki.authority(replace(UNNAMED, stack="s" * 128)).initialize()
    for authority in (pair.root, pair.issuing):
        (name,) = certificate_of(authority).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        assert len(name.value) <= 64 - len("000"), "a hundredth CA has room"


def test_names_that_are_given_are_taken_as_they_are(pki: Pki) -> None:
    given = replace(UNNAMED, root_subject="CN=My Root", issuing_subject="CN=My CA 1")
    assert names_of(pki.authority(given).initialize()) == ["CN=My Root", "CN=My CA 1"]


def rotated(pki: Pki, settings: AuthoritySettings) -> str:
    wanted = NewAuthority("iss-local", pki.new_key())
    made = pki.admin(settings).cas.local_issuers.rotate(wanted)
    return certificate_of(made).subject.rfc4514_string()


def test_a_rotation_raises_the_number_of_a_default_name(pki: Pki) -> None:
    pair = pki.authority(UNNAMED).initialize()
    before = names_of(pair)[1]
    assert rotated(pki, UNNAMED) == before.replace("Issuing CA 1", "Issuing CA 2")


@pytest.mark.parametrize("is_under_own_root", [True, False])
def test_a_rotation_of_a_ca_with_the_name_that_every_stack_had_gives_it_one_of_its_own(
    pki: Pki, is_under_own_root: bool
) -> None:
    former = replace(
        UNNAMED,
        root_subject="CN=certctl Root CA,O=certctl",
        issuing_subject="CN=certctl Issuing CA 1,O=certctl",
    )
    pair = pki.authority(former).initialize()
    assert names_of(pki.authority(UNNAMED).initialize()) == names_of(pair), "a deploy changes no name"
    part = spki_sha256(certificate_of(pair.root).public_key())[:8]
    after = f"CN=prod {part} Issuing CA 2,O=certctl"
    if is_under_own_root:
        assert rotated(pki, UNNAMED) == after
    else:
        wanted = NewAuthority("iss-local", pki.new_key())
        assert pki.admin(UNNAMED).cas.outside_roots.request(wanted).subject == after
