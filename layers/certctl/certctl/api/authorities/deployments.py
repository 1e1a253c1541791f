"""The custom resource by which a deploy initializes the stack."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from certctl.api.actions import Actions
from certctl.domain.errors import DomainError
from certctl.observability import logger

if TYPE_CHECKING:
    from certctl.services.authorities.setup_retry import SetupRetry

_PHYSICAL_ID = "certctl-initialization"


class Deployments:
    """`actions` has `set_public_url` and `initialize`."""

    def __init__(self, actions: Actions, retry: "Callable[[], SetupRetry]") -> None:
        self._actions = actions
        self._retry = retry

    def run(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """CloudFormation waits for a response until its timeout: it always gets one. Delete keeps everything:
        keys and tables are retained, and the certificates made with them are still checked."""
        # imported when needed: of all invocations only deployments do
        from certctl.connectors.aws.cloudformation import answer_deployment

        response = self._answer(event)
        answer_deployment(event["ResponseURL"], response)
        return {"status": response["Status"]}

    def _answer(self, event: Mapping[str, Any]) -> dict[str, Any]:
        same = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
        same["PhysicalResourceId"] = event.get("PhysicalResourceId", _PHYSICAL_ID)
        if event["RequestType"] == "Delete":
            return same | {"Status": "SUCCESS"}
        try:
            data = self._retry().until_done(lambda: self._initialize(event))
        except Exception as error:
            logger.exception("the initialization failed")
            return same | {"Status": "FAILED", "Reason": _reason(error)}
        return same | {"Status": "SUCCESS", "Data": data, "Reason": f"The CA waits for: {data['waits_for']}"}

    def _initialize(self, event: Mapping[str, Any]) -> dict[str, Any]:
        url = event.get("ResourceProperties", {}).get("DashboardUrl")
        if url:
            self._actions.run({"action": "set_public_url", "url": url})
        return self._actions.run({"action": "initialize"})


def _reason(error: Exception) -> str:
    text = error.detail if isinstance(error, DomainError) else type(error).__name__
    return f"{text[:1000]} (see the log of stack_admin)"
