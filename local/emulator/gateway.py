"""Routes of the HTTP API: the emulator ignores SAM's OpenAPI body, so they are made one by one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.settings import REGION, STACK
from local.stack.routes import declared_routes

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client
    from mypy_boto3_cloudformation import CloudFormationClient


@dataclass(frozen=True)
class Gateway:
    """Creates in one HTTP API the routes that the deployed template declares for it."""

    api: "ApiGatewayV2Client"
    cloudformation: "CloudFormationClient"
    logical_id: str
    api_id: str
    functions: Mapping[str, str]

    def synchronize(self) -> None:
        """Add the routes that are missing and remove those that the template no longer has. A condition may
        leave out a function, with its routes."""
        declared = declared_routes(self._api_body())
        wanted = {key: function for key, function in declared if function in self.functions}
        existing = {route["RouteKey"]: route.get("RouteId", "") for route in self._routes()}
        for key in existing.keys() - wanted.keys():
            self.api.delete_route(ApiId=self.api_id, RouteId=existing[key])
        integrations: dict[str, str] = {}
        for key in sorted(wanted.keys() - existing.keys()):
            function = wanted[key]
            target = integrations.get(function) or self._integrate(function)
            integrations[function] = target
            self.api.create_route(ApiId=self.api_id, RouteKey=key, Target=f"integrations/{target}")

    def _api_body(self) -> dict[str, Any]:
        answer = self.cloudformation.get_template(StackName=STACK, TemplateStage="Processed")
        template: Any = answer["TemplateBody"]
        parsed = json.loads(template) if isinstance(template, str) else template
        body: dict[str, Any] = parsed["Resources"][self.logical_id]["Properties"]["Body"]
        return body

    def _routes(self) -> list[Any]:
        return list(self.api.get_routes(ApiId=self.api_id, MaxResults="500")["Items"])

    def _integrate(self, function: str) -> str:
        arn = f"arn:aws:lambda:{REGION}:000000000000:function:{self.functions[function]}:live"
        made = self.api.create_integration(
            ApiId=self.api_id, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
        )
        return made["IntegrationId"]
