"""Exchanges of a credential for a token of an assistant (RFC 8693)."""

from urllib.parse import urlencode

from certctl.domain.identity.exchanged_tokens import ACCESS_TOKEN, TOKEN_EXCHANGE
from tests.support.api.http import Answer
from tests.support.functions.deployed import Deployed

TOKEN = "/api/v1/auth/token"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def exchange(stack: Deployed, text: str, **fields: str) -> Answer:
    sent = {
        "grant_type": TOKEN_EXCHANGE,
        "subject_token": text,
        "subject_token_type": ACCESS_TOKEN,
    } | fields
    return stack.client("identity_api").send("POST", TOKEN, urlencode(sent), headers=FORM)


def child_of(stack: Deployed, text: str, **fields: str) -> str:
    answer = exchange(stack, text, **fields)
    assert answer.status == 200, answer.text
    child: str = answer.body["access_token"]
    return child
