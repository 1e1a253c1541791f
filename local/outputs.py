"""`outputs.json`: how tests and tools find the running stack."""

from pathlib import Path
from typing import Any

from local.deploy import Stack
from local.settings import REGION


def outputs(stack: Stack, api_url: str, api_key: str, endpoint: str) -> dict[str, Any]:
    """The content of `outputs.json`; functions by folder, the rest by role."""
    return {
        "api_url": api_url,
        "api_key": api_key,
        "aws_endpoint_url": endpoint,
        "region": REGION,
        "functions": stack.functions,
        "tables": stack.tables,
        "queues": stack.queues,
        "buckets": stack.buckets,
    }


def path(directory: Path) -> Path:
    """Where a stack with this LOCAL_DIR keeps it while it runs."""
    return directory / "outputs.json"
