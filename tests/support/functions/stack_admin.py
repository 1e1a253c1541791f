"""stack_admin and crl_publisher as they are deployed, over tables, bucket and keys in this process."""

from typing import Any

from tests.support.authorities.pki import BUCKET, Pki
from tests.support.aws.clients import REGION
from tests.support.channels.receivers import Receiver

ENVIRONMENT = {
    "AWS_REGION": REGION,
    "CERTCTL_STACK": "certctl-test",
    "CERTCTL_PKI_BUCKET": BUCKET,
    "CERTCTL_PKI_HOST": "pki.example.com",
    "CERTCTL_ROOT_KEY_ARN": "arn:root",
    "CERTCTL_ISSUING_KEY_ARN": "arn:issuing",
    "CERTCTL_OCSP_KEY_ARN": "arn:ocsp",
    "CERTCTL_CA_ROOT_SUBJECT": "CN=Test Root",
    "CERTCTL_CA_ISSUING_SUBJECT": "CN=Test Issuing",
    "CERTCTL_CA_PERMITTED_DOMAINS": "",
    "CERTCTL_QUEUE_CRL_NUDGES": "https://sqs.eu-central-1.amazonaws.com/111122223333/crl_nudges",
    "CERTCTL_FUNCTION_CRL_PUBLISHER": "crl_publisher",
    "CERTCTL_FUNCTION_STATUS_WATCH": "status_watch",
    "POWERTOOLS_SERVICE_NAME": "stack_admin",
}


def deployment(receiver: Receiver, kind: str, **fields: str) -> dict[str, Any]:
    names = {"StackId": "stack-1", "RequestId": "request-1", "LogicalResourceId": "Initialization"}
    return {"RequestType": kind, "ResponseURL": receiver.url("/answer?signature=x"), **names, **fields}


def issuing_id(pki: Pki) -> str:
    issuing = pki.authorities.active_issuing("iss-local")
    assert issuing
    return issuing.ca_id
