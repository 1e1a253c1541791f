"""A receiver of certctl's webhooks: verifies Standard Webhooks 1.0 and prints each alert once.

    WEBHOOK_SECRET=whsec_... python webhook_receiver.py 8090

Put TLS before it: certctl sends to https only (and to http on loopback from the stack of `make run`).
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

TOLERANCE_SECONDS = 300
LARGEST_BODY = 1_000_000
_seen: set[str] = set()


def verified(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether the body comes from the holder of the secret, and recently."""
    message_id, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not sent_at.isdigit() or abs(now - int(sent_at)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{sent_at}.".encode() + body
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    given = [part.partition(",")[2] for part in headers.get("webhook-signature", "").split()]
    return any(hmac.compare_digest(expected, each) for each in given)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(min(size, LARGEST_BODY))
        if not verified(os.environ["WEBHOOK_SECRET"], self.headers, body, time.time()):
            return self._answer(401)
        message_id = self.headers["webhook-id"]
        if message_id not in _seen:  # an alert comes at least once; keep the ids in a database instead
            _seen.add(message_id)
            handle(json.loads(body))
        return self._answer(204)

    def log_message(self, *_: object) -> None:
        """Only alerts are printed."""

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()


def handle(event: Mapping[str, Any]) -> None:
    """Takes the alert over. Do slow work after the response: the sender waits for ten seconds at most."""
    print(event["type"], event["data"]["action"], event["data"]["subject"], flush=True)


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
