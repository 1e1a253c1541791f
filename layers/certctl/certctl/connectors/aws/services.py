"""The services of AWS that the stack calls. The layer has botocore's data of these alone."""

from typing import Literal, get_args

Service = Literal[
    "acm",
    "acm-pca",
    "dynamodb",
    "events",
    "kms",
    "lambda",
    "route53",
    "s3",
    "secretsmanager",
    "sesv2",
    "sns",
    "sqs",
    "ssm",
]
"""A name of boto3. `layers/dependencies/services.txt` has the same ones."""
SERVICES: frozenset[str] = frozenset(get_args(Service))


class ServiceNotShipped(ValueError):
    """Code asks for a client whose data is cut from the layer."""

    def __init__(self, service: str) -> None:
        shipped = ", ".join(sorted(SERVICES))
        where = "connectors/aws/services.py and layers/dependencies/services.txt"
        super().__init__(f"{service} is not in the layer, which has {shipped}; add it to {where}")
