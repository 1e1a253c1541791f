"""A consumer of certctl's dead-letter feed: publishes each notification that died to an SNS topic.

docs/dead-letter-feed.md describes the messages. They come at least once; a FIFO topic drops repetitions
within five minutes.
"""

import json
import os
from functools import cache
from typing import Any


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """What could not be published stays in the queue and comes again, alone."""
    failed = [record["messageId"] for record in event["Records"] if not _is_published(record)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _is_published(record: dict[str, Any]) -> bool:
    try:
        _topic().publish(TopicArn=os.environ["TOPIC_ARN"], **publication_of(json.loads(record["body"])))
    except Exception as error:  # one bad message must not hold up the others
        print(json.dumps({"message_id": record["messageId"], "error": repr(error)}))  # the log
        return False
    return True


def publication_of(death: dict[str, Any]) -> dict[str, str]:
    """`id` with `epoch` names one death: a notification that was requeued may die again."""
    about = death["certificate"] or "a channel"
    publication = {
        "Subject": f"certctl: a {death['type']} alert reached nobody"[:99],
        "Message": (
            f"The {death['type']} alert {death['id']} about {about} is dead after "
            f"{death['retry_count']} failed attempts at {death['channel_id']}: {death['error']}"
        ),
    }
    if not os.environ["TOPIC_ARN"].endswith(".fifo"):
        return publication
    return publication | {
        "MessageGroupId": death["channel_id"],
        "MessageDeduplicationId": f"{death['id']}-{death['epoch']}",
    }


@cache
def _topic() -> Any:
    import boto3  # part of the runtime

    return boto3.client("sns")
