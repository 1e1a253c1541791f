"""AWS usage, and its price."""

from dataclasses import dataclass, fields

from certctl_client.costs import prices

_LOG_GB = prices.LOG_INGESTED_GB + 3 * prices.LOG_STORED_GB_MONTH
"""Kept for three months, LogRetentionDays' default."""
_MESSAGE_REQUESTS = 3
"""Sent, received and deleted, each alone: batches cost less."""


@dataclass(frozen=True)
class Usage:
    """Amounts that one piece of work uses, whatever its size: `runs` of Lambda functions and their
    `gigabyte_seconds`, `http_requests` to API Gateway, `messages` through SQS, `signatures` by KMS with a key
    that is not RSA 2048."""

    http_requests: float = 0
    runs: float = 0
    gigabyte_seconds: float = 0
    read_units: float = 0
    write_units: float = 0
    messages: float = 0
    signatures: float = 0
    puts: float = 0
    gets: float = 0
    log_bytes: float = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def __mul__(self, factor: float) -> "Usage":
        return Usage(*(getattr(self, each.name) * factor for each in fields(self)))

    @property
    def dollars(self) -> float:
        return (
            self.http_requests * prices.HTTP_API_REQUEST
            + self.runs * prices.LAMBDA_REQUEST
            + self.gigabyte_seconds * prices.LAMBDA_GB_SECOND
            + self.read_units * prices.READ_UNIT
            + self.write_units * prices.WRITE_UNIT
            + self.messages * _MESSAGE_REQUESTS * prices.SQS_REQUEST
            + self.signatures * prices.KMS_ECC_REQUEST
            + self.puts * prices.S3_PUT
            + self.gets * prices.S3_GET
            + self.log_bytes / 1e9 * _LOG_GB
        )
