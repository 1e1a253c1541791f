"""Kinds that no stack has: the issuer of `examples/lab_ca`, and a target."""

from certctl.domain.agents.kinds.definitions import TargetDefinition
from certctl.domain.agents.kinds.host_settings import file, reloaded_by
from certctl.domain.agents.kinds.registry import TARGET_KINDS
from certctl.domain.catalog.kinds import CatalogKinds
from certctl.domain.issuing.kinds.registry import ISSUER_KINDS
from certctl.domain.kinds import Kinds
from examples.lab_ca import LAB_CA

KEYSTORE = TargetDefinition(
    type="Keystore",
    label="Keystore",
    help="A target of the tests.",
    settings={
        "keystore_path": file("Keystore", "One file with everything.", required=True),
        "reload_command": reloaded_by("shopctl", "reload"),
    },
)
KINDS = CatalogKinds(Kinds(*ISSUER_KINDS, LAB_CA), Kinds(*TARGET_KINDS, KEYSTORE))
