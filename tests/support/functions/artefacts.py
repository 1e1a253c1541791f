"""The functions and layers as `sam build` builds them, and their imports in a bare interpreter."""

import fcntl
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from certctl.config import TABLES
from local import build
from local.settings import TOOLS
from tests.support.template import functions, load_template, logical_id, references, resources_of_type

LAYERS = tuple(resources_of_type("AWS::Serverless::LayerVersion"))
# As Lambda: /opt/python of the merged layers follows the function's own folder.
PYTHON = os.path.realpath(TOOLS / "tools" / "bin" / "python")
# No site-packages, environment or current folder, and the artefact stays unchanged.
ISOLATED = ("-S", "-I", "-B")
_PROBE = Path(__file__).with_name("artefact_probe.py")
_QUEUES = (
    "JOBS",
    "EXTERNAL_JOBS",
    "CRL_NUDGES",
    "STATUS_CHECKS",
    "NOTIFICATIONS",
    "ACME_VALIDATIONS",
    "DEAD_LETTER",
)


@dataclass(frozen=True)
class Probed:
    """Modules after the import, and after every object of the handlers was made too."""

    imported: frozenset[str]
    made: tuple[str, ...]
    afterwards: frozenset[str]
    uncompiled: tuple[str, ...]
    written: tuple[str, ...]


@dataclass(frozen=True)
class Artefacts:
    directory: Path

    @property
    def folders(self) -> list[str]:
        """The folders of the functions, as in functions/."""
        return sorted(functions())

    def path_of(self, folder: str) -> list[str]:
        """The import path of one function, its own folder first."""
        layers = [str(self.directory / layer / "python") for layer in layers_of(folder)]
        return [str(self.directory / logical_id(folder)), *layers]

    def size(self, name: str) -> int:
        """Bytes of a layer or function, unzipped."""
        return sum(p.stat().st_size for p in (self.directory / name).rglob("*") if p.is_file())

    def probe(self, folder: str) -> Probed:
        command = [PYTHON, *ISOLATED, str(_PROBE), *self.path_of(folder)]
        ended = subprocess.run(command, capture_output=True, env=environment(), check=False)
        assert ended.returncode == 0, ended.stderr.decode()
        answer = json.loads(ended.stdout)
        return Probed(
            imported=frozenset(answer["imported"]),
            made=tuple(answer["made"]),
            afterwards=frozenset(answer["afterwards"]),
            uncompiled=tuple(answer["uncompiled"]),
            written=tuple(answer["written"]),
        )


def layers_of(folder: str) -> list[str]:
    """The layers of all functions, and the function's own."""
    declared = [load_template()["Globals"]["Function"], functions()[folder]]
    return [name for each in declared for layer in each.get("Layers", []) for name in references(layer)]


def built() -> Artefacts:
    """The artefacts for this machine's architecture; rebuilt only if a source has changed."""
    with _alone():
        wanted = build.fingerprint()
        if not build.is_built(wanted):
            build.build(wanted, build.BUILD / "build.log")
    return Artefacts(build.BUILD / "artifacts")


@contextmanager
def _alone() -> Iterator[None]:
    """Several test processes would build into one folder."""
    build.BUILD.mkdir(parents=True, exist_ok=True)
    with (build.BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def environment() -> dict[str, str]:
    """Every variable that template.yaml may give a function; credentials, so that none are looked for."""
    tables = {f"CERTCTL_TABLE_{name.upper()}": name for name in TABLES}
    queues = {f"CERTCTL_QUEUE_{name}": f"https://sqs.example/{name}" for name in _QUEUES}
    return {
        **tables,
        **queues,
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_REGION": "eu-central-1",
        "AWS_LAMBDA_FUNCTION_NAME": "probe",
        "POWERTOOLS_SERVICE_NAME": "probe",
        "CERTCTL_STACK": "probe",
        "CERTCTL_PKI_BUCKET": "pki",
        "CERTCTL_PKI_HOST": "pki.example.com",
        "CERTCTL_AUDIT_BUCKET": "audit",
        "CERTCTL_SEAL_KEY_ARN": "arn:seal",
        "CERTCTL_RATE_RETRY_SWEEP_SCHEDULE": "rate(2 minutes)",
        "CERTCTL_RATE_RENEWAL_SCHEDULE": "rate(1 hour)",
        "CERTCTL_ROOT_KEY_ARN": "arn:root",
        "CERTCTL_ISSUING_KEY_ARN": "arn:issuing",
        "CERTCTL_ACME_BINDING_KEY_ARN": "arn:acme-binding",
        "CERTCTL_CA_ROOT_SUBJECT": "CN=Root",
        "CERTCTL_CA_ISSUING_SUBJECT": "CN=Issuing",
        "CERTCTL_FUNCTION_CRL_PUBLISHER": "crl_publisher",
        "CERTCTL_FUNCTION_EXTERNAL_ISSUER_WORKER": "external_issuer_worker",
        "CERTCTL_FUNCTION_NOTIFICATION_WORKER": "notification_worker",
        "CERTCTL_FUNCTION_STATUS_WATCH": "status_watch",
        "CERTCTL_CHANNELS": "Webhook.url=certctl/probe/channels/webhook\nSlack.url=certctl/probe/channels/s",
    }
