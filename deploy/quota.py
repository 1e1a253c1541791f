"""How many functions an account may run at once: new accounts have 10, for all that is in them."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from deploy.target import Target

# Mappings, schedules and a page of the dashboard at once, with room for the account's other functions.
NEEDED = 100
ADVISED = 1000
QUOTA = "L-B99A9384"


def concurrency_warning(target: Target) -> Iterator[str]:
    """Does nothing if it suffices."""
    try:
        limit = target.session.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    except ClientError as refusal:
        yield f"warning: the account's Lambda concurrency was not read: {refusal}"
        return
    if limit >= NEEDED:
        return
    yield f"warning: this account runs {limit} functions at a time in {target.region}. Under load"
    yield "  the API answers 503, and work waits. Set WorkerConcurrency=2 until it is more, and ask for"
    yield f"  {ADVISED} (quota {QUOTA}, it costs nothing):"
    yield (
        "  aws service-quotas request-service-quota-increase --service-code lambda "
        f"--quota-code {QUOTA} --desired-value {ADVISED} --region {target.region}"
    )
