"""`certctl certs create`, `renew` and `csr`: a key that is made here, or a request that is there."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, cast
from uuid import uuid4

import typer

from certctl_client.api.records import CreatedCertificate, Version
from certctl_client.api.requests import NewCertificate
from certctl_client.api.resources import Stack
from certctl_client.commands.options import Output, Timeout, Wait
from certctl_client.commands.signatures import REQUIRED, Options, options_of, signed
from certctl_client.enrolment import directory as places
from certctl_client.enrolment.directory import Asked, Kept, keep, set_aside
from certctl_client.enrolment.ids import new_certificate_id
from certctl_client.enrolment.keys import KeyType
from certctl_client.enrolment.process import Patience, enrol, wait_for_job
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.files import read_bounded
from certctl_client.output import Detail, Format, say, show
from certctl_client.progress import waiting
from certctl_client.session import open_stack
from certctl_client.settings import load_url

_CSR_LIMIT = 64 * 1024


def _text(flag: str, about: str) -> Any:
    return Annotated[str | None, typer.Option(flag, help=about)]


def _texts(flag: str, about: str) -> Any:
    return Annotated[list[str] | None, typer.Option(flag, help=about)]


_HOW: Options = {
    "out": (
        Annotated[
            Path | None,
            typer.Option(
                "--out", help="Make the key here and write it, certificate and chain.", file_okay=False
            ),
        ],
        None,
    ),
    "csr": (
        Annotated[
            Path | None,
            typer.Option("--csr", help="Instead: a request in PEM; its key stays.", dir_okay=False),
        ],
        None,
    ),
    "key_type": (
        Annotated[KeyType, typer.Option("--key-type", help="Of the key that is made.")],
        KeyType.EC_P256,
    ),
    "timeout": (Timeout, 120.0),
    "force": (
        Annotated[
            bool, typer.Option("--force", help="Begin anew; what is there is moved aside, never removed.")
        ],
        False,
    ),
    "output": (Output, Format.TABLE),
}
_NAMES: Options = {
    "common_name": (
        Annotated[str, typer.Option("--cn", help="The common name, a name of the certificate too.")],
        REQUIRED,
    ),
    "name": (_text("--name", "What people call it; the common name otherwise."), None),
    "sans": (_texts("--san", "Another name: DNS, IP, email or URI. Again for more."), None),
}
_AWAITING: Options = {
    "await_csr": (
        Annotated[
            bool,
            typer.Option(
                "--await-csr", help="Instead: the agent of its targets, or `certs csr`, brings one."
            ),
        ],
        False,
    )
}
_RECORD: Options = {
    "id": (_text("--id", "The record's id; made up otherwise."), None),
    "certificate_profile_id": (_text("--profile", "Id of the profile."), None),
    "issuer_id": (_text("--issuer", "Id of the issuer."), None),
    "team_id": (_text("--team", "Id of the team."), None),
    "owner_id": (_text("--owner", "Id of the owner."), None),
    "environment": (_text("--environment", "For example production."), None),
    "renewal_policy_id": (_text("--renewal-policy", "Id of the renewal policy."), None),
    "target_ids": (_texts("--target", "Id of a target that it is deployed to. Again for more."), None),
    "tags": (_texts("--tag", "name=value. Again for more."), None),
}


@dataclass(frozen=True)
class How:
    """The options that `create` and `renew` share: where the key is, and what is waited for."""

    out: Path | None
    csr: Path | None
    key_type: KeyType
    timeout: float
    force: bool
    output: Format


def a_request(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes `how` in place of these options."""

    @wraps(command)
    def asked(**options: Any) -> None:
        how = How(**{name: options.pop(name) for name in _HOW})
        command(how=how, **options)

    own = {name: option for name, option in options_of(command).items() if name != "how"}
    return signed(asked, {**own, **_HOW})


def _create(how: How, await_csr: bool, **typed: Any) -> None:
    """Ask for a certificate, wait, and write key, certificate and chain into --out.

    The key never leaves this machine. It is on the disk before anything is asked: when a run is interrupted,
    the same command goes on.
    """
    body = _body(**typed)
    with open_stack() as stack:
        if await_csr:
            return show(Detail(_awaiting(stack, body, how)), how.output)
        if how.csr:
            _refuse_both(how.out)
            return show(Detail(_created_with(stack, how.csr, body, how.timeout)), how.output)
        asked = Asked("create", load_url(os.environ), how.key_type, body)
        _enrolled(stack, _place(how.out), asked, typed["id"], how)


create = a_request(signed(_create, {"how": (How, REQUIRED), **_NAMES, **_RECORD, **_AWAITING}))


@a_request
def renew(how: How, certificate_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """A new version: for a new key in --out, for --csr, or else for the request that the job then awaits."""
    with open_stack() as stack:
        if how.out is None:
            return show(Detail(_renewed_with(stack, certificate_id, how.csr, how.timeout)), how.output)
        if how.csr:
            _refuse_both(how.out)
        asked = Asked("renew", load_url(os.environ), how.key_type, {"id": certificate_id})
        _enrolled(stack, how.out, asked, certificate_id, how)


def submit_csr(
    certificate_id: Annotated[str, typer.Argument(metavar="ID")],
    file: Annotated[Path, typer.Option("--file", help="The request in PEM; its key stays.", dir_okay=False)],
    wait: Wait = False,
    timeout: Timeout = 120.0,
    output: Output = Format.TABLE,
) -> None:
    """Give the job that awaits a request (AwaitingCSR) this one."""
    request = _read_csr(file)
    with open_stack() as stack, waiting(f"Waiting for {certificate_id}") as tell:
        key = _key_of([certificate_id, request])
        job_id = stack.certificates.submit_csr(certificate_id, request, key)["job_id"]
        job = wait_for_job(stack, job_id, Patience(timeout, tell)) if wait else stack.jobs.get(job_id)
    show(Detail(job), output)


def _body(**typed: Any) -> dict[str, Any]:
    """What was given of a record."""
    body = {field: value for field, value in typed.items() if value not in (None, [])}
    return {**body, "tags": tags_of(body["tags"])} if "tags" in body else body


def _enrolled(stack: Stack, place: Path, asked: Asked, certificate_id: str | None, how: How) -> None:
    if how.force:
        set_aside(place)
    kept = keep(place, asked, lambda: certificate_id or new_certificate_id())
    with waiting(f"Waiting for {kept.certificate_id}") as tell:
        version = _told_how_to_go_on(stack, kept, Patience(how.timeout, tell))
    show(_issued_view(kept, version), how.output)


def _told_how_to_go_on(stack: Stack, kept: Kept, patience: Patience) -> Version:
    try:
        return enrol(stack, kept, patience)
    except (CommandError, KeyboardInterrupt):
        if (kept.directory / places.KEY).exists():
            say(f"The key is kept in {kept.directory}; the same command goes on with it.")
        raise


def _issued_view(kept: Kept, version: Version) -> Detail:
    files = {
        name: str(kept.directory / file)
        for name, file in (
            ("key", places.KEY),
            ("certificate", places.CERTIFICATE),
            ("chain", places.CHAIN),
            ("fullchain", places.FULL_CHAIN),
        )
    }
    issued = {"serial_number": version["serial_number"], "not_after": version["not_after"]}
    return Detail({"id": kept.certificate_id, **issued, **files})


def _awaiting(stack: Stack, body: dict[str, Any], how: How) -> CreatedCertificate:
    """Its key is made elsewhere: the job waits for the request."""
    if how.out or how.csr:
        raise ConfigurationError("With --await-csr there is no key and no request here.", "Leave one out.")
    return stack.certificates.create(cast(NewCertificate, body), str(uuid4()))


def _created_with(stack: Stack, csr: Path, body: dict[str, Any], timeout: float) -> Any:
    wanted = cast(NewCertificate, {**body, "csr_pem": _read_csr(csr)})
    with waiting("Waiting for the certificate") as tell:
        created = stack.certificates.create(wanted, _key_of([wanted]))
        wait_for_job(stack, created["job_id"], Patience(timeout, tell))
    return stack.certificates.get(created["id"])


def _renewed_with(stack: Stack, certificate_id: str, csr: Path | None, timeout: float) -> Any:
    """Without a request the job awaits one, and there is nothing to wait for here."""
    if csr is None:
        return stack.jobs.get(stack.certificates.renew(certificate_id, {}, str(uuid4()))["job_id"])
    request = _read_csr(csr)
    with waiting(f"Waiting for {certificate_id}") as tell:
        started = stack.certificates.renew(
            certificate_id, {"csr_pem": request}, _key_of([certificate_id, request])
        )
        return wait_for_job(stack, started["job_id"], Patience(timeout, tell))


def _key_of(request: Any) -> str:
    """The same request has the same Idempotency-Key, so that repeating the command makes nothing twice."""
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


def _read_csr(path: Path) -> str:
    try:
        return read_bounded(path, _CSR_LIMIT).decode("ascii")
    except UnicodeDecodeError:
        raise ConfigurationError(
            f"{path} is no PEM.", "openssl req -in FILE -inform DER turns DER into PEM."
        ) from None


def tags_of(texts: Iterable[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if not all(name and equals for name, equals, _ in pairs):
        raise ConfigurationError("A tag has no value.", "Use --tag name=value.")
    return {name: value for name, _, value in pairs}


def _place(out: Path | None) -> Path:
    if out is None:
        raise ConfigurationError(
            "There is no key to certify.", "Give --out DIR to have one made, --csr FILE, or --await-csr."
        )
    return out


def _refuse_both(out: Path | None) -> None:
    if out:
        raise ConfigurationError("--out makes a key, --csr brings a request.", "Give one of them.")
