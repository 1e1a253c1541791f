"""Lints certificates by RFC 5280, with pkilint."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from certctl.domain.authorities.lint import LintFinding
from certctl.domain.errors import InvalidInput


class Linter:
    def findings(self, der: bytes) -> list[LintFinding]:
        """Warnings and worse. Raises InvalidInput if it is not a certificate."""
        read, rules, least = _pkilint()
        try:
            document = read(der)
        except ValueError as error:
            raise InvalidInput.of("certificates", f"cannot be read: {error}") from error
        return [found for result in rules.validate(document.root) for found in _findings(result, least)]


def _findings(result: Any, least: int) -> Iterator[LintFinding]:
    for described in result.finding_descriptions:
        severity, code = described.finding
        if severity <= least:
            yield LintFinding(severity.name, code, result.node.path, described.message or "")


@cache
def _pkilint() -> tuple[Any, Any, int]:
    """What reads DER, what validates it, and the least severity that counts (more severe is less)."""
    # imported here: it takes half a second, and a CA is made once in years
    from pkilint import loader
    from pkilint.pkix import certificate, extension, name
    from pkilint.validation import ValidationFindingSeverity

    decoders = certificate.create_decoding_validators(
        name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS
    )
    rules = certificate.create_pkix_certificate_validator_container(
        decoders,
        [
            certificate.create_issuer_validator_container([]),
            certificate.create_validity_validator_container(),
            certificate.create_subject_validator_container([]),
            certificate.create_extensions_validator_container([]),
            certificate.create_spki_validator_container([]),
        ],
    )
    return loader.load_der_certificate, rules, ValidationFindingSeverity.WARNING
