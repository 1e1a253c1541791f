"""docs/channels/ shows the requests that providers really get."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode

import pytest

from tests.support.channels.provider_channels import SIGNING_SECRET
from tests.support.channels.provider_documents import RECORDERS, documented, rewritten, texts

REWRITE = "`python -m tests.support.channels.provider_documents` writes it anew"


@pytest.fixture(scope="module")
def pages() -> str:
    """All of them, one after the other."""
    return "".join(texts().values())


@pytest.mark.parametrize("name", RECORDERS)
def test_the_page_shows_the_request_as_it_is_sent(pages: str, name: str) -> None:
    assert documented(pages)[name] == RECORDERS[name](), REWRITE


def test_every_block_of_the_pages_is_recorded(pages: str) -> None:
    assert documented(pages).keys() == RECORDERS.keys()
    assert pages.count("<!-- recorded: ") == len(RECORDERS)


def test_writing_anew_changes_the_blocks_only(pages: str) -> None:
    assert rewritten(pages, documented(pages)) == pages
    assert rewritten(pages, dict.fromkeys(RECORDERS, "changed")).count("\nchanged\n") == len(RECORDERS)


def test_the_signature_on_the_page_verifies(pages: str) -> None:
    """Checks the signature as a receiver would, from the page alone."""
    head, _, body = documented(pages)["Webhook"].partition("\n\n")
    headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    sent = json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{sent}".encode()
    digest = hmac.digest(b64decode(SIGNING_SECRET.removeprefix("whsec_")), signed, hashlib.sha256)
    assert headers["webhook-signature"] == f"v1,{b64encode(digest).decode()}"
