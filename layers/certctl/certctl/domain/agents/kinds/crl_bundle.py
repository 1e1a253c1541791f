"""CRLs and CA certificates for a server that verifies clients. No certificate is installed there."""

from certctl.domain.agents.kinds.definitions import Holding, TargetDefinition
from certctl.domain.agents.kinds.host_settings import OWNERSHIP, command_setting, file, tested_by
from certctl.domain.field_rules import ID_PATTERN, list_of, matching
from certctl.domain.kinds import Setting, SettingForm, TargetType

_MOST_ISSUERS = 10

CRL_BUNDLE = TargetDefinition(
    type=TargetType.CRL_BUNDLE,
    label="CRL bundle",
    help="CRLs for a server that verifies clients, renewed hourly by the agent. Holds no certificate.",
    holding=Holding.CRLS,
    settings={
        "issuer_ids": Setting(
            list_of(matching(ID_PATTERN, "must be the id of an issuer"), "ids of issuers", _MOST_ISSUERS),
            label="Issuers",
            help="IDs of the issuers of the clients. Default: iss-local.",
            form=SettingForm.LIST,
            default=("iss-local",),
        ),
        "crl_path": file(
            "CRLs",
            "File of the CRLs of these issuers' CAs and of those above. The agent replaces all of it.",
            required=True,
            placeholder="/etc/nginx/tls/clients-crl.pem",
        ),
        "ca_path": file(
            "CA certificates",
            "File of the CAs. Without it you keep that file yourself, at each rotation.",
            placeholder="/etc/nginx/tls/clients-ca.pem",
        ),
        "test_command": tested_by(),
        "reload_command": command_setting(
            "Reload command", "Makes the server load the files. Runs only if they have changed."
        ),
        "stale_command": command_setting(
            "Stale command",
            "Runs daily while a CRL has less than a third of its validity left, even if this stack is down.",
        ),
        **OWNERSHIP,
    },
)
