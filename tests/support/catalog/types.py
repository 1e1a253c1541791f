"""The types of issuers and targets as the API shows them, and two fictitious ones, for the tests of the
dashboard: `python -m tests.support.catalog.types` writes them again."""

import json

from certctl.api.catalog.types import issuer_type_view, target_type_view
from certctl.domain.catalog.kinds import BUILT_IN_KINDS
from examples.lab_ca import LAB_CA
from tests.support.catalog.fictitious import KEYSTORE
from tests.support.template import ROOT

FILE = ROOT / "dashboard" / "src" / "test" / "catalogTypes.json"


def as_text() -> str:
    issuers = [issuer_type_view(definition) for definition in BUILT_IN_KINDS.issuers]
    targets = [target_type_view(definition) for definition in BUILT_IN_KINDS.targets]
    types = {
        "issuers": issuers,
        "targets": targets,
        "fictitious_issuer": issuer_type_view(LAB_CA),
        "fictitious_target": target_type_view(KEYSTORE),
    }
    return json.dumps(types, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(as_text(), encoding="utf-8")
