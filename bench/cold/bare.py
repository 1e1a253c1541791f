"""The function that ours stand beside: Powertools' resolver, one pydantic model, one DynamoDB client by
botocore. It becomes `app.py` of a folder of its own, and answers one GetItem."""

import botocore.session
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from botocore.config import Config
from pydantic import BaseModel


class Certificate(BaseModel):
    id: str
    found: bool


resolver = APIGatewayHttpResolver(enable_validation=True)
_limits = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3})
_dynamodb = botocore.session.get_session().create_client(
    "dynamodb", region_name="eu-central-1", config=_limits
)


@resolver.get("/certificates/<certificate_id>")
def certificate(certificate_id: str) -> Certificate:
    key = {"kind": {"S": "certificate"}, "id": {"S": certificate_id}}
    answer = _dynamodb.get_item(TableName="state", Key=key)
    return Certificate(id=certificate_id, found="Item" in answer)


def lambda_handler(event: dict, context: object) -> dict:  # type: ignore[type-arg]  # as its authors write it
    return resolver.resolve(event, context)
