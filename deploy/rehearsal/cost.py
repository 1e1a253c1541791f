"""What a rehearsal costs, before it begins: what AWS bills by the month, for its hours."""

from collections.abc import Iterator, Mapping

from local.settings import ROOT
from local.stack.template import parse_cloudformation

_HOURS = 3
_MONTH_HOURS = 730
# us-east-1, November 2026: aws.amazon.com/<service>/pricing. Alarms read a metric each, which is billed too.
_MONTHLY: Mapping[str, tuple[str, float]] = {
    "AWS::KMS::Key": ("KMS keys", 1.00),
    "AWS::SecretsManager::Secret": ("secrets", 0.40),
    "AWS::CloudWatch::Alarm": ("alarms and their metrics", 0.40),
    "AWS::CloudWatch::Dashboard": ("dashboards", 3.00),
}
# Requests of all services, logs and a few MB of storage: more than a smoke test was seen to make.
_REQUESTS = 0.25


def estimate() -> Iterator[str]:
    """Lines: an upper bound, for all that the templates can have."""
    total = _REQUESTS
    for kind, (what, monthly) in _MONTHLY.items():
        count = _count(kind)
        cost = count * monthly * _HOURS / _MONTH_HOURS
        total += cost
        yield f"  {count:3} {what:<26} ${cost:.2f}"
    yield f"      {'requests, logs, storage':<26} ${_REQUESTS:.2f}"
    yield f"At most about ${total:.2f} for {_HOURS} hours, at the prices of us-east-1, without free tiers."
    yield f"If the clean-up fails, keys that are left cost up to ${_count('AWS::KMS::Key')} a month."


def _count(kind: str) -> int:
    paths = [ROOT / "template.yaml", *sorted((ROOT / "stacks").glob("*.yaml"))]
    resources = [parse_cloudformation(path.read_text(encoding="utf-8"))["Resources"] for path in paths]
    return sum(each["Type"] == kind for found in resources for each in found.values())
