"""Issues a certificate by certctl's REST API, with the standard library and openssl.

    CERTCTL_URL=https://certctl.example.com CERTCTL_API_KEY=certctl_... python issue.py www.example.com

It writes <name>.key and <name>.pem (leaf first, then the issuing CA) into the current directory.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

URL = os.environ.get("CERTCTL_URL", "")
KEY = os.environ.get("CERTCTL_API_KEY", "")
ATTEMPTS = 5
SECONDS_TO_WAIT = 300


def call(method: str, path: str, body: Any = None, repeat_as: str = "") -> bytes:
    """The response's body. Repeats what may be repeated; raises SystemExit with the server's reason."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    if repeat_as:
        headers["Idempotency-Key"] = repeat_as
    data = None if body is None else json.dumps(body).encode()
    for attempt in range(ATTEMPTS):
        request = urllib.request.Request(f"{URL}/api/v1{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return bytes(response.read())
        except urllib.error.HTTPError as refused:
            if refused.code not in (429, 502, 503, 504):
                raise SystemExit(f"{refused.code}: {reasons(refused.read())}") from None
        except urllib.error.URLError:
            pass
        time.sleep(2**attempt)
    raise SystemExit(f"{URL} does not answer")


def reasons(problem: bytes) -> str:
    """The reasons in an RFC 9457 document: what is wrong, field by field."""
    try:
        document = json.loads(problem)
    except ValueError:
        return problem.decode(errors="replace")
    fields = [f"{each['field']}: {each['message']}" for each in document.get("errors", [])]
    return "; ".join([document.get("detail") or document.get("message", ""), *fields])


def request_for(name: str) -> str:
    """Makes a key that stays here, and returns the CSR."""
    new = ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made = subprocess.run(
        [*new, "-keyout", f"{name}.key", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"],
        check=True,
        capture_output=True,
        text=True,
    )
    return made.stdout


def issue(name: str) -> dict[str, Any]:
    os.umask(0o077)
    body = {"common_name": name, "csr_pem": request_for(name)}
    record = json.loads(call("POST", "/certificates", body, repeat_as=str(uuid.uuid4())))
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while record["status"] == "Pending" and time.monotonic() < deadline:
        time.sleep(2)
        record = json.loads(call("GET", f"/certificates/{record['id']}"))
    if record["status"] in ("Pending", "Failed"):
        raise SystemExit(
            f"{record['id']} is {record['status']}: {record.get('renewal_error') or 'see its jobs'}"
        )
    Path(f"{name}.pem").write_bytes(call("GET", f"/certificates/{record['id']}/export/pem"))
    return dict(record)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not URL or not KEY:
        raise SystemExit(__doc__)
    issued = issue(sys.argv[1])
    print(f"{issued['id']}: {sys.argv[1]}.pem, until {issued['expires_at']}")
