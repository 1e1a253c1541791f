"""An in-memory control plane with the agent's API, whose responses a test can lose, hold or refuse."""

import contextlib
import hashlib
import json
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import urlsplit

from cryptography import x509

from tests.support.agents.ca import AgentCa, IssuedVersion
from tests.support.client.server import HANG_UP, Reply, json_reply, problem
from tests.support.serving import running_server

TOKEN = "certctl_boot_" + "t" * 43
_PREFIX = "/api/v1/agent"
_MAX_POLL = "Certctl-Max-Poll-Seconds"
_CONSENT = "Certctl-Consent"
_CRL_BUNDLES = "Certctl-Crl-Bundles"
_PROBES = "Certctl-Probes"
_KEY_DAYS = 90


@dataclass
class Certificate:
    id: str
    common_name: str
    targets: list[dict[str, Any]] = field(default_factory=list)
    versions: list[IssuedVersion] = field(default_factory=list)


@dataclass
class Job:
    """`attempts` counts the claims; `results` are those that were taken."""

    id: str
    type: str
    certificate: Certificate
    status: str
    target: dict[str, Any] | None = None
    version: IssuedVersion | None = None
    attempts: int = 0
    csr: str = ""
    results: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.status in ("AwaitingCSR", "Pending", "Running")


@dataclass
class Faults:
    """Faults by route: `register`, `heartbeat`, `rotate`, `work`, `csr`, `start`, `result`, `version`.

    A `lost` count of requests is processed without a response; a `held` route sets `reached` and waits for
    its event before it processes anything; `replies` are sent in order instead of processing."""

    lost: dict[str, int] = field(default_factory=dict)
    held: dict[str, threading.Event] = field(default_factory=dict)
    reached: dict[str, threading.Event] = field(default_factory=lambda: defaultdict(threading.Event))
    replies: dict[str, list[Reply]] = field(default_factory=dict)


class AgentServer:
    """The server of one agent, `ag-1`. `asked` has the requested routes in order, `bodies` the request
    bodies."""

    def __init__(self) -> None:
        self.ca = AgentCa()
        self.tokens = {TOKEN}
        self.keys: dict[str, datetime] = {}
        self.certificates: dict[str, Certificate] = {}
        self.jobs: dict[str, Job] = {}
        self.faults = Faults()
        self.asked: list[str] = []
        self.bodies: list[str] = []
        self.poll_after_seconds = 1
        self.bundles_work = True
        """Servers of earlier releases do not: their heartbeats have no work."""
        self.consents: list[dict[str, Any]] = []
        """The consents that hosts reported."""
        self.knows_consent = False
        """False for servers of earlier releases: they send no `consent_wanted`, and refuse `untouched`."""
        self.crl_bundles: list[dict[str, Any]] | None = []
        """Targets of kind CRLBundle. None for servers of earlier releases, which refuse reports of them."""
        self.crl_reports: list[dict[str, Any]] = []
        self.probe_orders: list[dict[str, Any]] | None = []
        """Endpoints to probe, sent with the next heartbeat only. None for servers of earlier releases, which
        refuse reports of them."""
        self.probe_reports: list[dict[str, Any]] = []
        self.public: dict[str, Reply] = {}
        """Replies by path, to anyone."""
        self.wishes: list[str] = []
        """The values of `Certctl-Max-Poll-Seconds`, from each heartbeat with that header."""
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextlib.contextmanager
    def running(self) -> Iterator["AgentServer"]:
        with running_server(self._server):
            try:
                yield self
            finally:
                for event in self.faults.held.values():
                    event.set()

    def new_key(self, days: float = _KEY_DAYS) -> str:
        key = f"certctl_{len(self.keys):043d}"
        self.keys[key] = datetime.now(UTC) + timedelta(days=days)
        return key

    def certificate(self, certificate_id: str, name: str, *targets: dict[str, Any]) -> Certificate:
        made = Certificate(certificate_id, name, list(targets))
        self.certificates[certificate_id] = made
        return made

    def await_request(self, certificate: Certificate, kind: str = "Issuance") -> Job:
        return self._job(Job(f"job-{len(self.jobs)}", kind, certificate, "AwaitingCSR"))

    def deploy(self, certificate: Certificate, version: IssuedVersion | None = None) -> list[Job]:
        chosen = version or certificate.versions[-1]
        return [
            self._job(Job(f"job-{len(self.jobs)}", "Deployment", certificate, "Pending", target, chosen))
            for target in certificate.targets
        ]

    @property
    def deployments(self) -> list[Job]:
        return [job for job in self.jobs.values() if job.type == "Deployment"]

    def answer(self, method: str, path: str, headers: Message, body: Mapping[str, Any]) -> Reply:
        if path in self.public:
            return self.public[path]
        name, ids = _route(method, path)
        if not name:
            return problem(404, "There is no such path.")
        self.faults.reached[name].set()
        if name in self.faults.held:
            self.faults.held[name].wait(60)
        if self.faults.replies.get(name):
            return self.faults.replies[name].pop(0)
        with self._lock:
            self.asked.append(name)
            self.bodies.append(json.dumps(body))
            reply = self._done(name, ids, headers, body)
        if self.faults.lost.get(name, 0) > 0:
            self.faults.lost[name] -= 1
            return HANG_UP
        return reply

    def _done(self, name: str, ids: tuple[str, ...], headers: Message, body: Mapping[str, Any]) -> Reply:
        key = headers.get("Authorization", "").removeprefix("Bearer ")
        if name == "register":
            return self._register(key)
        if self.keys.get(key, datetime.min.replace(tzinfo=UTC)) <= datetime.now(UTC):
            return problem(401, "The key is not valid.")
        if name == "heartbeat":
            return self._heartbeat(key, headers, body)
        if name == "rotate":
            return self._key_reply(self.new_key())
        if name == "work":
            return self._work()
        if name == "version":
            return self._version(*ids)
        job = self.jobs.get(ids[0])
        if job is None:
            return problem(404, "There is no such job.")
        routes: Mapping[str, Callable[[Job, Mapping[str, Any]], Reply]] = {
            "csr": self._csr,
            "start": self._start,
            "result": self._result,
        }
        return routes[name](job, body)

    def _register(self, token: str) -> Reply:
        if token not in self.tokens:
            return problem(401, "The token is not valid.")
        self.tokens.remove(token)
        return self._key_reply(self.new_key(), agent_id="ag-1", name="web-1")

    def _key_reply(self, key: str, **more: str) -> Reply:
        return json_reply({"key": key, "expires_at": _wire(self.keys[key]), **more}, 201)

    def _heartbeat(self, key: str, headers: Message, report: Mapping[str, Any]) -> Reply:
        wish = headers.get(_MAX_POLL)
        self.wishes += [wish] if wish else []
        body: dict[str, Any] = {"agent_id": "ag-1", "key_expires_at": _wire(self.keys[key])}
        body["poll_after_seconds"] = self.poll_after_seconds
        if self.knows_consent:
            self.consents += [report["consent"]] if "consent" in report else []
            body["consent_wanted"] = self._consent_digest() != headers.get(_CONSENT)
        elif "consent" in report:
            return problem(422, "consent: extra fields are not permitted.")
        if self.crl_bundles is None and "crl_bundles" in report:
            return problem(422, "crl_bundles: extra fields are not permitted.")
        self.crl_reports += report.get("crl_bundles", [])
        body["crl_bundles"] = self.crl_bundles if headers.get(_CRL_BUNDLES) else None
        if self.probe_orders is None and "probes" in report:
            return problem(422, "probes: extra fields are not permitted.")
        self.probe_reports += report.get("probes", [])
        if self.probe_orders and headers.get(_PROBES):
            body["probes"], self.probe_orders = self.probe_orders, []
        if not self.bundles_work:
            return json_reply(body)
        return json_reply(body | {"work": self._open_jobs() if wish else None, "next_cursor": None})

    def _consent_digest(self) -> str | None:
        """The digest of the last report."""
        if not self.consents:
            return None
        canonical = json.dumps(self.consents[-1], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def _work(self) -> Reply:
        pages = {"next_cursor": None, "per_page": 50, "poll_after_seconds": self.poll_after_seconds}
        return json_reply({"data": self._open_jobs(), **pages})

    def _open_jobs(self) -> list[dict[str, Any]]:
        return [_record(job) for job in self.jobs.values() if job.is_open]

    def _csr(self, job: Job, body: Mapping[str, Any]) -> Reply:
        csr_pem = body["csr_pem"]
        if job.csr == csr_pem:
            return json_reply({"job_id": job.id, "status": job.status}, 202)
        if job.status != "AwaitingCSR":
            return problem(409, "The job awaits no request.")
        csr = x509.load_pem_x509_csr(csr_pem.encode())
        names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        if names.get_values_for_type(x509.DNSName) != [job.certificate.common_name]:
            return problem(422, "The names are not those of the record.")
        job.csr, job.status = csr_pem, "Completed"
        job.certificate.versions.append(self.ca.issue_for_request(csr_pem))
        self.deploy(job.certificate)
        return json_reply({"job_id": job.id, "status": "Completed"}, 202)

    def _start(self, job: Job, body: Mapping[str, Any]) -> Reply:
        if not job.is_open:
            return problem(409, "The job has ended.")
        job.status, job.attempts = "Running", job.attempts + 1
        lease = _wire(datetime.now(UTC) + timedelta(minutes=5))
        return json_reply({"job_id": job.id, "lease_until": lease, "attempt": job.attempts})

    def _result(self, job: Job, body: Mapping[str, Any]) -> Reply:
        if body in job.results:
            return json_reply({"job_id": job.id, "status": job.status})
        if not job.is_open or body["attempt"] != job.attempts:
            return problem(409, "Another attempt is under way, or the job has ended.")
        if "untouched" in body and not self.knows_consent:
            return problem(422, "untouched: extra fields are not permitted.")
        assert job.version is not None
        served = body.get("served_fingerprint_sha256")
        if body["outcome"] == "succeeded" and served != job.version.fingerprint_sha256:
            return problem(422, "The served fingerprint is not the version's.")
        job.results.append(dict(body))
        job.status = "Completed" if body["outcome"] == "succeeded" else "Failed"
        return json_reply({"job_id": job.id, "status": job.status})

    def _version(self, certificate_id: str, serial: str) -> Reply:
        certificate = self.certificates.get(certificate_id)
        for version in certificate.versions if certificate else ():
            if version.serial_number == serial:
                record = {name: value for name, value in vars(version).items() if name != "not_after"}
                return json_reply({"certificate_id": certificate_id, **record})
        return problem(404, "There is no such version.")

    def _job(self, job: Job) -> Job:
        self.jobs[job.id] = job
        return job


class _Server(ThreadingHTTPServer):
    owner: AgentServer
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path.removeprefix(_PREFIX)
        owner = cast(_Server, self.server).owner
        reply = owner.answer(method, path, self.headers, json.loads(content or b"{}"))
        # a client that was killed is not there any more
        with contextlib.suppress(OSError):
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        if reply is HANG_UP:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


_ROUTES = {
    "register": ("POST", r"/register"),
    "heartbeat": ("POST", r"/heartbeat"),
    "rotate": ("POST", r"/key/rotate"),
    "work": ("GET", r"/work"),
    "csr": ("POST", r"/jobs/([^/]+)/csr"),
    "start": ("POST", r"/jobs/([^/]+)/start"),
    "result": ("POST", r"/jobs/([^/]+)/result"),
    "version": ("GET", r"/certificates/([^/]+)/versions/([^/]+)"),
}


def _route(method: str, path: str) -> tuple[str, tuple[str, ...]]:
    for name, (wanted, pattern) in _ROUTES.items():
        found = re.fullmatch(pattern, path)
        if found and method == wanted:
            return name, found.groups()
    return "", ()


def _record(job: Job) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "type": job.type,
        "status": job.status,
        "certificate_id": job.certificate.id,
        "common_name": job.certificate.common_name,
        "sans": [f"DNS:{job.certificate.common_name}"],
        "key": {"algorithm": "ECDSA", "size": 256},
        "target": job.target,
        "serial_number": job.version.serial_number if job.version else None,
        "fingerprint_sha256": job.version.fingerprint_sha256 if job.version else None,
    }


def _wire(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
