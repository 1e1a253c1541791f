"""Kinds of findings, the most urgent first, and what to do about each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from certctl_client.exit_codes import ExitCode


class Kind(StrEnum):
    UNREACHABLE = "unreachable"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    NAME_MISMATCH = "name_mismatch"
    UNTRUSTED = "untrusted"
    CHAIN_INCOMPLETE = "chain_incomplete"
    UNEXPECTED = "unexpected"
    WEAK = "weak"
    OLD_PROTOCOL = "old_protocol"
    ENDS_SOON = "ends_soon"


NEXT_STEPS: Mapping[Kind, str] = {
    Kind.UNREACHABLE: "Is the server running, is the port right, does it need --starttls?",
    Kind.EXPIRED: "Renew it, install it, and reload the server: a renewed file alone changes nothing.",
    Kind.NOT_YET_VALID: "Check the clocks of this machine and of the CA, or wait.",
    Kind.NAME_MISMATCH: "Request a certificate with this name, or correct the name that you ask for.",
    Kind.UNTRUSTED: "If it comes from a CA of your own, give its certificate by --ca; else replace it.",
    Kind.CHAIN_INCOMPLETE: "Let the server send the certificates of the intermediate CAs, behind its own.",
    Kind.UNEXPECTED: "Find out who replaced the certificate; it does not come from the CA that you expect.",
    Kind.WEAK: "Replace it: RSA needs 2048 bits or more, signatures SHA-256 or better.",
    Kind.OLD_PROTOCOL: "Switch TLS 1.0 and 1.1 off (RFC 8996).",
    Kind.ENDS_SOON: "Renew it; then reload the server.",
}

EXIT_CODES: Mapping[Kind, ExitCode] = {
    Kind.UNREACHABLE: ExitCode.UNREACHABLE,
    Kind.EXPIRED: ExitCode.EXPIRED,
    Kind.NOT_YET_VALID: ExitCode.EXPIRED,
    Kind.NAME_MISMATCH: ExitCode.NAME_MISMATCH,
    Kind.UNTRUSTED: ExitCode.UNTRUSTED,
    Kind.CHAIN_INCOMPLETE: ExitCode.CHAIN_INCOMPLETE,
    Kind.UNEXPECTED: ExitCode.UNEXPECTED,
    Kind.WEAK: ExitCode.WEAK,
    Kind.OLD_PROTOCOL: ExitCode.OLD_PROTOCOL,
    Kind.ENDS_SOON: ExitCode.ENDS_SOON,
}


@dataclass(frozen=True)
class Finding:
    """`message` continues `the server at HOST:`. `addresses` are those of the endpoint that have it."""

    kind: Kind
    message: str
    addresses: tuple[str, ...] = ()

    @property
    def next_step(self) -> str:
        return NEXT_STEPS[self.kind]


def exit_code(kinds: set[Kind]) -> ExitCode:
    """The code of the most urgent finding."""
    return next((EXIT_CODES[kind] for kind in Kind if kind in kinds), ExitCode.OK)
