"""docs/channels.md shows the requests that providers really get."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode

import pytest

from tests.support.channels.provider_channels import SIGNING_SECRET
from tests.support.channels.provider_documents import DOCUMENT, RECORDERS, documented, rewritten

REWRITE = "`python -m tests.support.channels.provider_documents` writes it anew"


@pytest.fixture(scope="module")
def page() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", RECORDERS)
def test_the_page_shows_the_request_as_it_is_sent(page: str, name: str) -> None:
    assert documented(page)[name] == RECORDERS[name](), REWRITE


def test_every_block_of_the_page_is_recorded(page: str) -> None:
    assert documented(page).keys() == RECORDERS.keys()
    assert page.count("<!-- recorded: ") == len(RECORDERS)


def test_writing_anew_changes_the_blocks_only(page: str) -> None:
    assert rewritten(page, documented(page)) == page
    assert rewritten(page, dict.fromkeys(RECORDERS, "changed")).count("\nchanged\n") == len(RECORDERS)


def test_the_signature_on_the_page_verifies(page: str) -> None:
    """Checks the signature as a receiver would, from the page alone."""
    head, _, body = documented(page)["Webhook"].partition("\n\n")
    headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    sent = json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{sent}".encode()
    digest = hmac.digest(b64decode(SIGNING_SECRET.removeprefix("whsec_")), signed, hashlib.sha256)
    assert headers["webhook-signature"] == f"v1,{b64encode(digest).decode()}"
