"""The function that ours stand beside: Powertools' resolver, logger and metrics, one pydantic model, and a
table by boto3, as in AWS's examples. It becomes `app.py` of a folder of its own, and answers one GetItem."""

from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config
from pydantic import BaseModel


class Certificate(BaseModel):
    id: str
    found: bool


logger = Logger()
metrics = Metrics()
resolver = APIGatewayHttpResolver(enable_validation=True)
_limits = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3})
_table = boto3.resource("dynamodb", region_name="eu-central-1", config=_limits).Table("state")


@resolver.get("/certificates/<certificate_id>")
def certificate(certificate_id: str) -> Certificate:
    answer = _table.get_item(Key={"kind": "certificate", "id": certificate_id})
    metrics.add_metric("CertificateRead", "Count", 1)
    logger.info("read", extra={"certificate_id": certificate_id})
    return Certificate(id=certificate_id, found="Item" in answer)


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return resolver.resolve(event, context)
