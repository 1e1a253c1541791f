"""AWS Certificate Manager: load balancers and CloudFront use what is imported there."""

from certctl.domain.agents.kinds.definitions import TargetDefinition
from certctl.domain.field_rules import matching
from certctl.domain.kinds import HostPart, Setting, TargetType

_REGION = r"[a-z]{2}(-[a-z]+)+-[0-9]"
_ARN = r"arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36}"

ACM = TargetDefinition(
    type=TargetType.ACM,
    label="ACM",
    help="Imports into AWS Certificate Manager, with the credentials of the agent's host.",
    settings={
        "region": Setting(
            matching(_REGION, "must be an AWS region, such as eu-central-1"),
            required=True,
            label="Region",
            placeholder="eu-central-1",
        ),
        "certificate_arn": Setting(
            matching(_ARN, "must be the ARN of a certificate in ACM"),
            label="ARN",
            help="Of the certificate to replace. Without one the first import makes one, which later ones "
            "find by its tags.",
            reaches=HostPart.ACM_CERTIFICATE,
        ),
    },
)
