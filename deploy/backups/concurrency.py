"""The reserved concurrency of functions: set to 0 while the stack is paused, and afterwards what it was."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

TAG = "certctl:reserved-concurrency"
_NONE = "none"


class Concurrency:
    """The former value is a tag of the function, until it is back: another machine finds it, and a run whose
    journal is lost."""

    def __init__(self, client: "LambdaClient") -> None:
        self._lambda = client

    def of(self, function: str) -> int | None:
        found = self._lambda.get_function_concurrency(FunctionName=function)
        return found.get("ReservedConcurrentExecutions")

    def stop(self, function: str) -> None:
        """Refuses every new invocation, by any caller."""
        if self._noted(function) is None:
            value = self.of(function)
            self._lambda.tag_resource(
                Resource=self._arn(function), Tags={TAG: _NONE if value is None else str(value)}
            )
        self._set(function, 0)

    def put_back(self, function: str) -> bool:
        """False if the former value is unknown, for the pause was that of a release without the tag: the
        function then has none."""
        noted = self._noted(function)
        if noted is None and self.of(function) != 0:
            return True
        self._set(function, int(noted) if noted and noted != _NONE else None)
        self._lambda.untag_resource(Resource=self._arn(function), TagKeys=[TAG])
        return noted is not None

    def _set(self, function: str, value: int | None) -> None:
        if value is None:
            self._lambda.delete_function_concurrency(FunctionName=function)
        else:
            self._lambda.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=value)

    def _noted(self, function: str) -> str | None:
        return self._lambda.list_tags(Resource=self._arn(function))["Tags"].get(TAG)

    def _arn(self, function: str) -> str:
        return self._lambda.get_function_configuration(FunctionName=function)["FunctionArn"]
