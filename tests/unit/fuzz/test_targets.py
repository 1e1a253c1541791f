"""The fuzz targets: nothing of what is saved is a finding, and each target finds a parser that is broken."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.saved import replay
from tests.fuzz.targets import LONGEST_SECONDS, TARGETS, Broken, TooSlow, timed
from tests.support.mutants import Mutant, alive, instead

# A fault of its parser for each target, and what that finds.
BROKEN: dict[str, tuple[Mutant, type[Exception]]] = {
    "csr_pem": (
        Mutant("text", "crypto.issuing.csr:_load", instead("UNREADABLE", "KeyError")),
        ValueError,
    ),
    "csr_der": (
        Mutant("request", "crypto.issuing.csr:_load", instead("UNREADABLE", "KeyError")),
        ValueError,
    ),
    "subjects": (
        Mutant(
            "group", "domain.policies.subjects:is_reserved", instead("seen.startswith(_RESERVED)", "False")
        ),
        Broken,
    ),
    "names": (
        Mutant("dot", "crypto.name_syntax:dns_name", instead("return name", "return f'{name}.x'")),
        Broken,
    ),
    "policies": (
        Mutant(
            "URI",
            "domain.policies.name_patterns:_uri_pattern",
            instead("ValueError('not a URI')", "KeyError('x')"),
        ),
        KeyError,
    ),
    "host_patterns": (
        Mutant(
            "ASCII",
            "domain.agents.agents:hostname_matches",
            instead("hostname.lower", "hostname.encode('ascii').decode"),
        ),
        UnicodeEncodeError,
    ),
    "cursors": (
        Mutant(
            "base64",
            "api.pagination:decode_cursor",
            instead("(binascii.Error, ValueError, RecursionError)", "KeyError"),
        ),
        ValueError,
    ),
    "credentials": (
        Mutant(
            "ASCII",
            "domain.access.credentials:is_earlier_text",
            instead(
                "_EARLIER_TEXT.fullmatch(text) is not None", "len(text) == 51 and text.startswith(PREFIX)"
            ),
        ),
        UnicodeEncodeError,
    ),
    "serials": (
        Mutant(
            "longer",
            "crypto.serials:parse_serial",
            instead("given[2].replace(':', '').lstrip('0')", "given[2].replace(':', '').lstrip('0') + '1'"),
        ),
        Broken,
    ),
    "ocsp_requests": (
        Mutant("BER", "crypto.status.ocsp_requests:parse_ocsp_request", instead("NotDer", "KeyError")),
        ValueError,
    ),
    "json_bodies": (
        Mutant("JSON", "api.request:parse_json", instead("(ValueError, RecursionError)", "KeyError")),
        ValueError,
    ),
    "register": (
        Mutant("UTF-8", "api.request:Call.check_body", instead("UnicodeDecodeError", "KeyError")),
        Broken,
    ),
    "acme_requests": (
        Mutant("JSON", "crypto.acme.flattened:object_in", instead("ValueError", "KeyError")),
        ValueError,
    ),
    "acme_names": (
        Mutant("zeros", "crypto.acme.cert_ids:_serial", instead("_der_integer(number)", "octets")),
        Broken,
    ),
    "acme_proofs": (
        Mutant(
            "DER",
            "crypto.acme.alpn_certificates:reason_against",
            instead("UNREADABLE", "KeyError"),
        ),
        ValueError,
    ),
    "open_requests": (Mutant("path", "api.query:check_path", instead("NotFound", "KeyError")), Broken),
}


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_that_is_saved_is_a_finding(target: str) -> None:
    replay(target)


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_finds_a_parser_that_is_broken(target: str) -> None:
    mutant, finding = BROKEN[target]

    with alive(mutant), pytest.raises(finding):
        replay(target)


@pytest.mark.parametrize("target", TARGETS)
@given(data=st.binary(max_size=2048))
def test_no_bytes_are_a_finding(target: str, data: bytes) -> None:
    timed(TARGETS[target], data)


def _busy(_: bytes) -> None:
    ends = time.process_time() + LONGEST_SECONDS + 0.1
    while time.process_time() < ends:
        continue


def test_an_input_that_costs_a_second_is_a_finding() -> None:
    with pytest.raises(TooSlow):
        timed(_busy, b"")
