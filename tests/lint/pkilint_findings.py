"""Run by the interpreter of `.local/env/lint`: what pkilint finds in the DER files of a folder, as JSON.

`python pkilint_findings.py FOLDER` with files `<name>.<kind>` prints `{"<name>.<kind>": ["code", ...]}`
of the findings that are errors.
"""

import json
import sys
from pathlib import Path

from pkilint import loader, pkix
from pkilint.pkix import certificate, crl, extension, name, ocsp
from pkilint.validation import ValidationFindingSeverity, ValidatorContainer

_NAMES, _EXTENSIONS = name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS
_DECODERS = [pkix.create_attribute_decoder(_NAMES), pkix.create_extension_decoder(_EXTENSIONS)]


def _of_certificates() -> ValidatorContainer:
    return certificate.create_pkix_certificate_validator_container(
        certificate.create_decoding_validators(_NAMES, _EXTENSIONS),
        [
            certificate.create_issuer_validator_container([]),
            certificate.create_validity_validator_container(),
            certificate.create_subject_validator_container([]),
            certificate.create_extensions_validator_container([]),
            certificate.create_spki_validator_container([]),
        ],
    )


def _of_crls() -> ValidatorContainer:
    return crl.create_pkix_crl_validator_container(
        _DECODERS,
        [
            crl.create_issuer_validator_container([]),
            crl.create_validity_validator_container([]),
            crl.create_extensions_validator_container([]),
        ],
    )


def _of_answers() -> ValidatorContainer:
    return ocsp.create_pkix_ocsp_response_validator_container(
        [ocsp.create_response_decoder(), *_DECODERS], []
    )


_KINDS = {
    "certificate": (loader.RFC5280CertificateDocumentLoader(), _of_certificates()),
    "crl": (loader.RFC5280CertificateListDocumentLoader(), _of_crls()),
    "ocsp": (loader.RFC6960OCSPResponseDocumentLoader(), _of_answers()),
}


def _errors(path: Path) -> list[str]:
    loads, validator = _KINDS[path.suffix[1:]]
    document = loads.load_der_document(path.read_bytes(), path.name)
    results = validator.validate(document.root)
    findings = [described.finding for result in results for described in result.finding_descriptions]
    return sorted({each.code for each in findings if each.severity <= ValidationFindingSeverity.ERROR})


if __name__ == "__main__":
    found = {path.name: _errors(path) for path in sorted(Path(sys.argv[1]).iterdir())}
    sys.stdout.write(json.dumps(found))
