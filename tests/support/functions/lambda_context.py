"""The context that Lambda passes to a handler with the event."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Context:
    """The attributes that handlers and Powertools read; `seconds` remain of the invocation."""

    seconds: float = 110
    function_name: str = "blue-function"
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:blue-function"
    aws_request_id: str = "5c1f6b0e-6d1c-4f0a-9a47-2f6f3ad2c0de"

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)
