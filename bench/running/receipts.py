"""How many seconds revocations take to be public by CRL and by OCSP, by their receipts: `certctl certs revoke
--watch`, several at a time, on a running local stack.

Run: `make run PORT=8930 LOCAL_DIR=/tmp/receipts DEMO=0`, and beside it `PYTHONPATH=layers/certctl:.
.venv/bin/python -m bench.running.receipts /tmp/receipts/outputs.json [200] [8]`: how many, and how many at a
time. The stack answers over real HTTP and has real queues and schedules, and no edge: in AWS CloudFront keeps
a CRL for up to 30 s more, an OCSP answer for 5. The last result stands in docs/revocation.md."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any
from uuid import uuid4

from local.demo.requests import csr_pem
from tests.support.local.stack import LocalStack, wait_for
from tests.support.template import ROOT

_WATCHED_SECONDS = 240
_WAYS = ("crl", "ocsp")


def main(outputs: str, count: int, at_once: int) -> None:
    stack = LocalStack(json.loads(Path(outputs).read_text()), Path(outputs).parent)
    wait_for(lambda: _names_ocsp(stack), "the OCSP URL of the CA", 300)
    with ThreadPoolExecutor(at_once) as pool:
        ids = list(pool.map(lambda _: _issued(stack), range(count)))
        began = time.monotonic()
        receipts = list(pool.map(partial(_revoked, stack), ids))
    took = time.monotonic() - began
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}"
    print(f"{count} revocations, {at_once} at a time, in {took:.0f} s; {machine}")
    for way in _WAYS:
        print(f"  by {way:<5}{_figures([receipt[f'{way}_seconds'] for receipt in receipts])}")
    print(f"  OCSP not asked: {sum(bool(receipt['ocsp_sampled_out']) for receipt in receipts)}")


def _names_ocsp(stack: LocalStack) -> bool:
    """`upkeep` asks the responder in public and stores the URL; a stack that has just started may need two
    runs."""
    for function, event in (("crl_publisher", {}), ("stack_admin", {"action": "upkeep"})):
        name = stack.outputs["functions"][function]
        stack.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    cas = stack.get("/api/v1/authorities")["data"]
    active = [ca["ca_id"] for ca in cas if (ca["role"], ca["state"]) == ("issuing", "active")]
    return all(stack.get(f"/api/v1/authorities/{ca_id}")["ocsp_url"] for ca_id in active)


def _issued(stack: LocalStack) -> str:
    name = f"www-{uuid4().hex[:12]}.example.com"
    body = {"common_name": name, "csr_pem": csr_pem(name, [])}
    answer = stack.call("POST", "/api/v1/certificates", body)
    answer.raise_for_status()
    path = f"/api/v1/certificates/{answer.json()['id']}"
    wait_for(lambda: stack.get(path)["status"] == "Active", name, 120)
    return str(answer.json()["id"])


def _revoked(stack: LocalStack, certificate_id: str) -> Any:
    ours = {"CERTCTL_URL": stack.url, "CERTCTL_API_KEY": stack.outputs["api_key"]}
    ran = subprocess.run(
        [sys.executable, "-m", "certctl_client", "certs", "revoke", certificate_id,
         "--reason", "superseded", "--watch", "--yes", "--output", "json"],
        env=os.environ | ours | {"PYTHONPATH": str(ROOT / "client")},
        capture_output=True,
        text=True,
        timeout=_WATCHED_SECONDS,
        check=False,
    )  # fmt: skip
    if ran.returncode:
        raise SystemExit(ran.stderr)
    return json.loads(ran.stdout)


def _figures(seconds: Sequence[float | None]) -> str:
    seen = sorted(each for each in seconds if each is not None)
    if not seen:
        return f"none of {len(seconds)} seen"
    p50, p99 = (seen[ceil(share * len(seen)) - 1] for share in (0.5, 0.99))
    return f"{len(seen)} of {len(seconds)} seen: p50 {p50:.1f} s, p99 {p99:.1f} s, longest {seen[-1]:.1f} s"


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[2:]]
    main(sys.argv[1], *(numbers + [200, 8][len(numbers) :]))
