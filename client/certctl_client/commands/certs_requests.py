"""`certctl certs create` and `renew`: with a key that is made here, or a request that is there already."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, cast
from uuid import uuid4

import typer

from certctl_client.api.records import Version
from certctl_client.api.requests import NewCertificate
from certctl_client.api.resources import Stack
from certctl_client.commands.options import Output, given
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

OutDirectory = Annotated[
    Path | None,
    typer.Option("--out", help="Make the key here and write it, certificate and chain.", file_okay=False),
]
Csr = Annotated[
    Path | None, typer.Option("--csr", help="Instead: a request in PEM; its key stays.", dir_okay=False)
]
Kind = Annotated[KeyType, typer.Option("--key-type", help="Of the key that is made.")]
Timeout = Annotated[float, typer.Option("--timeout", min=0, help="Seconds to wait for it.")]
Force = Annotated[
    bool, typer.Option("--force", help="Begin anew; what is there is moved aside, never removed.")
]


def create(
    common_name: Annotated[str, typer.Option("--cn", help="The common name, a name of the certificate too.")],
    name: Annotated[str | None, typer.Option(help="What people call it; the common name otherwise.")] = None,
    san: Annotated[
        list[str] | None, typer.Option(help="Another name: DNS, IP, email or URI. Again for more.")
    ] = None,
    out: OutDirectory = None,
    csr: Csr = None,
    key_type: Kind = KeyType.EC_P256,
    id_: Annotated[str | None, typer.Option("--id", help="The record's id; made up otherwise.")] = None,
    profile: Annotated[str | None, typer.Option(help="Id of the profile.")] = None,
    issuer: Annotated[str | None, typer.Option(help="Id of the issuer.")] = None,
    team: Annotated[str | None, typer.Option(help="Id of the team.")] = None,
    owner: Annotated[str | None, typer.Option(help="Id of the owner.")] = None,
    environment: Annotated[str | None, typer.Option(help="For example production.")] = None,
    renewal_policy: Annotated[str | None, typer.Option(help="Id of the renewal policy.")] = None,
    target: Annotated[
        list[str] | None, typer.Option(help="Id of a target that it is deployed to. Again for more.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="name=value. Again for more.")] = None,
    timeout: Timeout = 120.0,
    force: Force = False,
    output: Output = Format.TABLE,
) -> None:
    """Ask for a certificate, wait, and write key, certificate and chain into --out.

    The key never leaves this machine. It is on the disk before anything is asked: when a run is interrupted,
    the same command goes on.
    """
    body = given(
        common_name=common_name,
        id=id_,
        name=name,
        sans=san or None,
        certificate_profile_id=profile,
        issuer_id=issuer,
        team_id=team,
        owner_id=owner,
        environment=environment,
        renewal_policy_id=renewal_policy,
        target_ids=target or None,
        tags=tags_of(tag) if tag else None,
    )
    with open_stack() as stack:
        if csr:
            _refuse_both(out)
            return show(Detail(_created_with(stack, csr, body, timeout)), output)
        place = _place(out)
        asked = Asked("create", load_url(os.environ), key_type, body)
        _enrolled(stack, place, asked, id_, timeout, force, output)


def renew(
    certificate_id: Annotated[str, typer.Argument(metavar="ID")],
    out: OutDirectory = None,
    csr: Csr = None,
    key_type: Kind = KeyType.EC_P256,
    timeout: Timeout = 120.0,
    force: Force = False,
    output: Output = Format.TABLE,
) -> None:
    """A new version: for a new key in --out, for --csr, or else for the request that the job then awaits."""
    with open_stack() as stack:
        if out is None:
            return show(Detail(_renewed_with(stack, certificate_id, csr, timeout)), output)
        if csr:
            _refuse_both(out)
        asked = Asked("renew", load_url(os.environ), key_type, {"id": certificate_id})
        _enrolled(stack, out, asked, certificate_id, timeout, force, output)


def _enrolled(
    stack: Stack,
    place: Path,
    asked: Asked,
    certificate_id: str | None,
    timeout: float,
    force: bool,
    output: Format,
) -> None:
    if force:
        set_aside(place)
    kept = keep(place, asked, lambda: certificate_id or new_certificate_id())
    with waiting(f"Waiting for {kept.certificate_id}") as tell:
        version = _told_how_to_go_on(stack, kept, Patience(timeout, tell))
    show(_issued_view(kept, version), output)


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
            "There is no key to certify.", "Give --out DIR to have one made, or --csr FILE."
        )
    return out


def _refuse_both(out: Path | None) -> None:
    if out:
        raise ConfigurationError("--out makes a key, --csr brings a request.", "Give one of them.")
