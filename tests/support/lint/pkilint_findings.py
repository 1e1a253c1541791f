"""What pkilint calls an error: in certificates by the rules that CAs are held to, in CRLs, OCSP answers."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from pkilint import loader, pkix
from pkilint.pkix import crl, extension, name, ocsp
from pkilint.validation import ValidationFindingSeverity

from certctl.connectors.authorities.linter import Linter
from tests.support.lint.artefacts import Artefact


def errors_in(artefact: Artefact) -> list[str]:
    """Codes."""
    if artefact.kind == "certificate":
        return sorted({each.code for each in Linter().findings(artefact.der) if each.severity != "WARNING"})
    read, rules = _rules()[artefact.kind]
    return sorted(set(_errors(rules.validate(read(artefact.der).root))))


def _errors(results: Iterable[Any]) -> Iterable[str]:
    findings = (described.finding for result in results for described in result.finding_descriptions)
    return (each.code for each in findings if each.severity <= ValidationFindingSeverity.ERROR)


@cache
def _rules() -> dict[str, tuple[Callable[[bytes], Any], Any]]:
    decoders = [
        pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
        pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS),
    ]
    of_crls = crl.create_pkix_crl_validator_container(
        decoders,
        [
            crl.create_issuer_validator_container([]),
            crl.create_validity_validator_container([]),
            crl.create_extensions_validator_container([]),
        ],
    )
    of_answers = ocsp.create_pkix_ocsp_response_validator_container(
        [ocsp.create_response_decoder(), *decoders], []
    )
    read_answer = loader.RFC6960OCSPResponseDocumentLoader().load_der_document
    return {"crl": (loader.load_der_crl, of_crls), "ocsp": (read_answer, of_answers)}
