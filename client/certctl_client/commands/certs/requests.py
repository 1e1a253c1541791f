"""`certctl certs create`, `renew` and `csr`: for a key that is generated here, or for an existing CSR."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, cast
from uuid import uuid4

import typer

from certctl_client.api.resources import Stack
from certctl_client.api.schema import CreatedCertificateView, NewCertificateBody, VersionView
from certctl_client.commands.certs.finding import same_names
from certctl_client.commands.certs.several import CertificateIds, IdsFile, change_each, required
from certctl_client.commands.options import Output, Timeout, Wait
from certctl_client.commands.record_options import new_options, new_values
from certctl_client.commands.signatures import REQUIRED, Options, gathered, signed
from certctl_client.enrolment import directory as places
from certctl_client.enrolment.directory import Names, Request, StoredRequest, set_aside, store
from certctl_client.enrolment.ids import new_certificate_id
from certctl_client.enrolment.jobs import Patience, wait_for_job
from certctl_client.enrolment.key_types import KeyType
from certctl_client.enrolment.process import enrol
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.files import read_bounded
from certctl_client.idn import as_a_labels
from certctl_client.output import Detail, Format, say, show
from certctl_client.output.progress import waiting
from certctl_client.record_fields.certificates import CERTIFICATE_FIELDS
from certctl_client.session import open_stack
from certctl_client.settings import load_defaults, load_url

_CSR_LIMIT = 64 * 1024


_KEY_OPTIONS: Options = {
    "out": (
        Annotated[
            Path | None,
            typer.Option(
                "--out",
                help="Generate the key here; write key, certificate and chain to this directory.",
                file_okay=False,
            ),
        ],
        None,
    ),
    "csr": (
        Annotated[
            Path | None,
            typer.Option(
                "--csr", help="Use this CSR (PEM) instead; its private key is not needed.", dir_okay=False
            ),
        ],
        None,
    ),
    "key_type": (
        Annotated[KeyType, typer.Option("--key-type", help="Type of the generated key.")],
        KeyType.EC_P256,
    ),
    "timeout": (Timeout, 120.0),
    "force": (
        Annotated[
            bool, typer.Option("--force", help="Start over; existing files are moved away, never removed.")
        ],
        False,
    ),
    "output": (Output, Format.TABLE),
}
_NAMED: Options = {
    "domain_name": (
        Annotated[
            str | None,
            typer.Argument(
                metavar="[NAME]", help="In place of --cn, and of --out: www, with the domain of the context."
            ),
        ],
        None,
    ),
    "common_name": (
        Annotated[
            str | None,
            typer.Option("--cn", help="The common name, which is also a subject alternative name."),
        ],
        None,
    ),
}
_AWAITING: Options = {
    "await_csr": (
        Annotated[
            bool,
            typer.Option("--await-csr", help="Let the agent of its targets, or `certs csr`, submit the CSR."),
        ],
        False,
    )
}


@dataclass(frozen=True)
class KeyOptions:
    """Options that `create` and `renew` share: the key and the wait."""

    out: Path | None
    csr: Path | None
    key_type: KeyType
    timeout: float
    force: bool
    output: Format


def a_request(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the shared options to a command, which receives them as `options`."""
    return gathered(command, "options", _KEY_OPTIONS, KeyOptions)


def _create(options: KeyOptions, await_csr: bool, domain_name: str | None, **typed: Any) -> None:
    """Request a certificate, wait, and write key, certificate and chain to --out.

    The key never leaves this machine. It is on the disk before the request is sent: repeating the command
    continues an interrupted run.
    """
    body = _body(_with_defaults(domain_name, typed))
    if domain_name and not (options.out or options.csr or await_csr):
        options = replace(options, out=_directory_for(domain_name))
    with open_stack() as stack:
        if await_csr:
            made: Mapping[str, Any] = _awaiting(stack, body, options)
            show(Detail(made), options.output)
            say(_next_for(made))
        elif options.csr:
            _refuse_both(options.out)
            made = _created_with(stack, options.csr, body, options.timeout)
            show(Detail(made), options.output)
        else:
            request = Request("create", load_url(os.environ), options.key_type, body)
            enrolled = _enrolled(stack, _place(options.out), request, Names.of(body), typed["id"], options)
            made = {"id": enrolled, **body}
        _name_others(stack, made)


create = a_request(
    signed(
        _create,
        {
            "options": (KeyOptions, REQUIRED),
            **new_options(CERTIFICATE_FIELDS),
            **_NAMED,
            **_AWAITING,
        },
    )
)


@a_request
def renew(options: KeyOptions, certificate_ids: CertificateIds = None, ids_from: IdsFile = None) -> None:
    """Request a new version: for a new key (--out), for --csr, or for a CSR that the job then awaits.

    With several ids each gets a job that awaits its CSR, which the agent of its targets submits.
    """
    ids = required(certificate_ids, ids_from)
    if len(ids) > 1 or ids_from:
        return _renew_each(ids, options)
    with open_stack() as stack:
        if options.out is None:
            return show(Detail(_renewed_with(stack, ids[0], options.csr, options.timeout)), options.output)
        if options.csr:
            _refuse_both(options.out)
        request = Request("renew", load_url(os.environ), options.key_type, {"id": ids[0]})
        names = Names.of(stack.certificates.get(ids[0]))
        _enrolled(stack, options.out, request, names, ids[0], options)


def _renew_each(ids: list[str], options: KeyOptions) -> None:
    if options.out or options.csr:
        raise ConfigurationError("--out and --csr are for one certificate.", "Give one id.")
    with open_stack() as stack:
        change_each(
            ids,
            lambda each: stack.certificates.renew(each, {}, str(uuid4()))["job_id"],
            "started",
            options.output,
        )


def submit_csr(
    certificate_id: Annotated[str, typer.Argument(metavar="ID")],
    file: Annotated[
        Path, typer.Option("--file", help="The CSR in PEM; its private key is not needed.", dir_okay=False)
    ],
    wait: Wait = False,
    timeout: Timeout = 120.0,
    output: Output = Format.TABLE,
) -> None:
    """Submit a CSR for the job that awaits one (AwaitingCSR)."""
    request = _read_csr(file)
    with open_stack() as stack, waiting(f"Waiting for {certificate_id}") as show_state:
        key = _key_of([certificate_id, request])
        started = stack.certificates.submit_csr(certificate_id, request, key)
        _say_ignored(started)
        job_id = started["job_id"]
        job = wait_for_job(stack, job_id, Patience(timeout, show_state)) if wait else stack.jobs.get(job_id)
    show(Detail(job), output)


def _body(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record that were given, with names as a certificate contains them."""
    body = new_values(CERTIFICATE_FIELDS, typed)
    body["common_name"] = _as_a_labels(body["common_name"])
    if "sans" in body:
        body["sans"] = [_as_a_labels(name) for name in body["sans"]]
    return body


def _with_defaults(name: str | None, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The typed values, and those of the context for what is not given. Raises ConfigurationError."""
    if bool(name) is bool(typed["common_name"]):
        raise ConfigurationError("There is no one name.", "Give NAME or --cn: certctl certs create www")
    context = load_defaults(os.environ)
    ids = {"team_id": context.team, "profile_id": context.profile, "issuer_id": context.issuer}
    chosen = {key: typed.get(key) or value or None for key, value in ids.items()}
    return {**typed, **chosen, "common_name": typed["common_name"] or _whole_name(name or "", context.domain)}


def _whole_name(name: str, domain: str) -> str:
    return f"{name}.{domain}" if domain and "." not in name else name


def _directory_for(name: str) -> Path:
    """Where key and certificate go if --out does not say: a directory with the typed name."""
    return Path(name.replace("*", "_").replace("/", "_"))


def _as_a_labels(name: str) -> str:
    made = as_a_labels(name)
    if made != name:
        say(f"{name} is requested as {made}.")
    return made


def _next_for(made: Mapping[str, Any]) -> str:
    """The next step for a certificate without a CSR."""
    waits = f"The job {made['job_id']} awaits a CSR."
    by_hand = f"Submit one: certctl certs csr {made['id']} --file FILE --wait"
    if not made["target_ids"]:
        return f"{waits} {by_hand}"
    return f"{waits} The agent of its target submits one when it polls: certctl jobs wait {made['job_id']}"


def _name_others(stack: Stack, made: Mapping[str, Any]) -> None:
    """Names other certificates with the same name. A failed search does not fail the command."""
    with suppress(CommandError):
        if others := same_names(stack, made):
            say(f"{made['common_name']} is also the name of: {', '.join(others)}.")


def _enrolled(
    stack: Stack,
    place: Path,
    request: Request,
    names: Names,
    certificate_id: str | None,
    options: KeyOptions,
) -> str:
    """Requests the certificate for a key in `place`. Returns the certificate's id."""
    if options.force:
        set_aside(place)
    stored = store(place, request, names, lambda: certificate_id or new_certificate_id())
    with waiting(f"Waiting for {stored.certificate_id}") as show_state:
        version = _enrolled_version(stack, stored, Patience(options.timeout, show_state))
    show(_issued_view(stored, version), options.output)
    return stored.certificate_id


def _enrolled_version(stack: Stack, stored: StoredRequest, patience: Patience) -> VersionView:
    try:
        return enrol(stack, stored, patience)
    except (CommandError, KeyboardInterrupt):
        if (stored.directory / places.KEY).exists():
            say(f"The key is stored in {stored.directory}; repeat the command to continue with it.")
        raise


def _issued_view(stored: StoredRequest, version: VersionView) -> Detail:
    files = {
        name: str(stored.directory / file)
        for name, file in (
            ("key", places.KEY),
            ("certificate", places.CERTIFICATE),
            ("chain", places.CHAIN),
            ("fullchain", places.FULL_CHAIN),
        )
    }
    issued = {"serial_number": version["serial_number"], "not_after": version["not_after"]}
    return Detail({"id": stored.certificate_id, **issued, **files})


def _awaiting(stack: Stack, body: dict[str, Any], options: KeyOptions) -> CreatedCertificateView:
    """Creates a record whose key is generated elsewhere: its job awaits the CSR."""
    if options.out or options.csr:
        raise ConfigurationError("--await-csr excludes --out and --csr.", "Leave one out.")
    return stack.certificates.create(cast(NewCertificateBody, body), str(uuid4()))


def _created_with(stack: Stack, csr: Path, body: dict[str, Any], timeout: float) -> Any:
    wanted = cast(NewCertificateBody, {**body, "csr_pem": _read_csr(csr)})
    with waiting("Waiting for the certificate") as show_state:
        created = stack.certificates.create(wanted, _key_of([wanted]))
        _say_ignored(created)
        wait_for_job(stack, created["job_id"], Patience(timeout, show_state))
    return stack.certificates.get(created["id"])


def _renewed_with(stack: Stack, certificate_id: str, csr: Path | None, timeout: float) -> Any:
    """Renews. Without a CSR the job awaits one, so the command does not wait."""
    if csr is None:
        return stack.jobs.get(stack.certificates.renew(certificate_id, {}, str(uuid4()))["job_id"])
    request = _read_csr(csr)
    with waiting(f"Waiting for {certificate_id}") as show_state:
        started = stack.certificates.renew(
            certificate_id, {"csr_pem": request}, _key_of([certificate_id, request])
        )
        _say_ignored(started)
        return wait_for_job(stack, started["job_id"], Patience(timeout, show_state))


def _say_ignored(answer: Mapping[str, Any]) -> None:
    """Names what the CSR has and the certificate will not; servers of earlier releases report extensions
    only."""
    if ignored := [*answer.get("ignored_subject", ()), *answer["ignored_extensions"]]:
        say(f"Ignored in the CSR: {', '.join(ignored)}.")


def _key_of(request: Any) -> str:
    """An Idempotency-Key derived from the request, so that repeating the command has no second effect."""
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


def _read_csr(path: Path) -> str:
    try:
        return read_bounded(path, _CSR_LIMIT).decode("ascii")
    except UnicodeDecodeError:
        raise ConfigurationError(
            f"{path} is not PEM.", "openssl req -in FILE -inform DER turns DER into PEM."
        ) from None


def _place(out: Path | None) -> Path:
    if out is None:
        raise ConfigurationError(
            "There is no key to certify.", "Give --out DIR to generate one, --csr FILE, or --await-csr."
        )
    return out


def _refuse_both(out: Path | None) -> None:
    if out:
        raise ConfigurationError("--out generates a key, --csr uses an existing one.", "Give one of them.")
