"""The newest CRL of a CA, and those that nobody names."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certctl_client.crl.bundles import CrlSource, all_sources, bundle_of, chain_of, crls_in, newest
from certctl_client.crl.documents import Crl, load_crl
from certctl_client.crl.public import AuthorityLists
from certctl_client.errors import CommandError
from tests.support.agents.crl_pki import CrlPki

_NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def pki(tmp_path: Path) -> Iterator[CrlPki]:
    with CrlPki(tmp_path, _NOW).running() as pki:
        pki.publish(_NOW)
        yield pki


def lists(pki: CrlPki, **changes: str) -> AuthorityLists:
    (record,) = pki.lists()["authorities"]
    pem = {name: record[name] for name in ("certificate_pem", "chain_pem")}
    return AuthorityLists(record["certificate_url"], tuple(record["crl_urls"]), **pem | changes)


def crl_of(pki: CrlPki, name: str) -> Crl:
    return load_crl(pki.objects[f"/{name}.crl"])


def test_the_sources_are_the_ca_and_those_that_the_certificates_below_name(pki: CrlPki) -> None:
    own, root = all_sources([lists(pki), lists(pki)])

    assert (own.ca, root.ca) == (pki.issuing, pki.root)
    assert [url.rpartition("/")[2] for url in (*own.urls, *root.urls)] == ["all.crl", "root.crl"]


def test_a_crl_that_was_appended_by_hand_stays_if_nobody_names_its_url(pki: CrlPki) -> None:
    source, held = CrlSource(pki.root, ()), crl_of(pki, "root")

    assert newest(source, None, [crl_of(pki, "all"), held]) == held
    assert newest(source, None, [crl_of(pki, "all")]) is None


def test_a_source_without_a_crl_is_missing(pki: CrlPki) -> None:
    own, root = CrlSource(pki.issuing, ()), CrlSource(pki.root, ())

    bundle = bundle_of([lists(pki)], [(own, crl_of(pki, "all")), (root, None)])

    assert (len(bundle.crls), bundle.missing) == (1, (root,))
    assert bundle.ca_pem.count(b"BEGIN CERTIFICATE") == 2


def test_the_number_decides_and_then_the_time(pki: CrlPki) -> None:
    source, first = CrlSource(pki.issuing, ()), crl_of(pki, "all")
    later = load_crl(pki.crl(_NOW + timedelta(hours=1)))
    pki.publish(_NOW - timedelta(hours=1))
    higher = crl_of(pki, "all")

    assert newest(source, later, [first]) == later
    assert newest(source, first, [later]) == later
    assert newest(source, later, [first, higher]) == higher


def test_what_is_no_crl_is_left_out_of_a_file(pki: CrlPki) -> None:
    bundle = bundle_of([lists(pki)], [(CrlSource(pki.root, ()), crl_of(pki, "root"))])
    broken = b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"

    assert crls_in(b"# by hand\n" + bundle.ca_pem + broken + bundle.crl_pem) == [crl_of(pki, "root")]


@pytest.mark.parametrize("changes", [{"certificate_pem": ""}, {"chain_pem": "other"}])
def test_a_chain_that_does_not_verify_is_refused(
    pki: CrlPki, tmp_path: Path, changes: dict[str, str]
) -> None:
    with CrlPki(tmp_path, _NOW).running() as other:
        changes = {name: lists(other).chain_pem if value else "" for name, value in changes.items()}

    with pytest.raises(CommandError):
        chain_of(lists(pki, **changes))
