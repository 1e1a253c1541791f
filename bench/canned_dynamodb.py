"""Answers DynamoDB queries for revocations from memory, so that a benchmark pays for our side only."""

import http.server
import json
import multiprocessing
import os
import secrets
import socketserver
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import batched
from typing import Any

ROWS_A_PAGE = 2000
"""DynamoDB reads 1 MB a page before the projection; a row has about 500 bytes."""

_REASONS = ("unspecified", "keyCompromise", "superseded", "cessationOfOperation", "certificateHold")


def _rows(count: int) -> list[dict[str, Any]]:
    """Whole rows as the table holds them, in order of serial."""
    rows = [_row(secrets.token_hex(20), number) for number in range(count)]
    return sorted(rows, key=lambda row: row["serial"]["S"])


def _row(serial: str, number: int) -> dict[str, Any]:
    minute, second = divmod(number % 3600, 60)
    texts = {
        "ca_shard": "ca-01kb0000000000000000000000#0",
        "serial": f"{int(serial[0], 16) & 7 or 1:x}{serial[1:]}",
        "id": f"rev-{serial[:26]}",
        "ca_id": "ca-01kb0000000000000000000000",
        "serial_number": serial,
        "certificate_id": f"mc-{serial[:26]}",
        "issuer_id": "iss-local",
        "reason": _REASONS[number % len(_REASONS)],
        "revoked_by": f"key-{serial[:26]}",
        "revoked_at": f"2026-11-{1 + number // 3600 % 23:02}T10:{minute:02}:{second:02}Z",
        "not_after": f"2027-{1 + number % 12:02}-{1 + number % 28:02}T11:{second:02}:{minute:02}Z",
    }
    return {name: {"S": text} for name, text in texts.items()} | {"crl_shard": {"N": "0"}}


@contextmanager
def serving(count: int) -> Iterator[str]:
    """The endpoint's URL. The server is another process: its time and memory are none of ours."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(
        target=_serve, args=(count, ours, theirs), daemon=True
    )
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()


def _serve(count: int, asker: Any, port: Any) -> None:
    asker.close()
    threading.Thread(target=_end_with, args=(port,), daemon=True).start()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler(_rows(count))) as server:
        port.send(server.server_address[1])
        server.serve_forever()


def _end_with(asker: Any) -> None:
    """Ends when the benchmark does, killed or not: then nobody holds the pipe's other end."""
    try:
        asker.recv()
    except EOFError:
        os._exit(0)


def _handler(rows: list[dict[str, Any]]) -> type[http.server.BaseHTTPRequestHandler]:
    pages = list(batched(rows, ROWS_A_PAGE, strict=False))
    starts = {page[-1]["serial"]["S"]: number + 1 for number, page in enumerate(pages[:-1])}
    answers: dict[tuple[int, str], bytes] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            start = request.get("ExclusiveStartKey")
            number = starts[start["serial"]["S"]] if start else 0
            key = (number, request.get("ProjectionExpression", ""))
            body = answers.get(key) or answers.setdefault(key, _page(pages, number, request))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("x-amz-crc32", str(zlib.crc32(body)))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler


def _page(pages: list[tuple[dict[str, Any], ...]], number: int, request: dict[str, Any]) -> bytes:
    page, names = pages[number], request.get("ExpressionAttributeNames", {})
    wanted = request.get("ProjectionExpression")
    kept = {names.get(n.strip(), n.strip()) for n in wanted.split(",")} if wanted else set(page[0])
    items = [{name: value for name, value in row.items() if name in kept} for row in page]
    answer: dict[str, Any] = {"Items": items, "Count": len(items), "ScannedCount": len(items)}
    if number + 1 < len(pages):
        answer["LastEvaluatedKey"] = {name: page[-1][name] for name in ("ca_shard", "serial")}
    return json.dumps(answer, separators=(",", ":")).encode()
