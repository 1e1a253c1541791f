"""`certctl certs`: the commands of the sibling modules, each imported when it runs."""

from collections.abc import Mapping

import typer

from certctl_client.cli.lazy import Later, lazy_group

COMMANDS: Mapping[str, Later] = {
    "list": Later(
        "commands.certs.certs:list_certificates",
        "Certificates, newest first; a search in the order of its matches, several statuses one by one.",
    ),
    "get": Later("commands.certs.certs:get_certificate", "Show a certificate's record."),
    "versions": Later("commands.certs.certs:list_versions", "Every issued version, newest first."),
    "export": Later(
        "commands.certs.exporting:export_certificate",
        "The current certificate and then its issuing CA, as PEM.",
    ),
    "inspect": Later(
        "commands.certs.inspecting:inspect",
        "Show the certificates in a file: PEM, DER, PKCS #7 or PKCS #12, one or a chain.",
    ),
    "find": Later(
        "commands.certs.inspecting:find",
        "Show whose serial or fingerprint this is: the certificate's record and version.",
    ),
    "create": Later(
        "commands.certs.requests:create",
        "Request a certificate, wait, and write key, certificate and chain to --out.",
    ),
    "edit": Later(
        "commands.certs.editing:edit",
        "Change a certificate's record, or the same fields of several. Fields that are not given stay.",
    ),
    "renew": Later(
        "commands.certs.requests:renew",
        "Request a new version: for a new key (--out), for --csr, or for a CSR that the job then awaits.",
    ),
    "csr": Later(
        "commands.certs.requests:submit_csr", "Submit a CSR for the job that awaits one (AwaitingCSR)."
    ),
    "deploy": Later(
        "commands.certs.deployments:deploy", "Deploy the current version again, by the agents of its targets."
    ),
    "deployments": Later(
        "commands.certs.deployments:list_deployments",
        "Deployments of a certificate and their results, newest first.",
    ),
    "revoke": Later(
        "commands.certs.revocation:revoke",
        "Revoke every unexpired version; this cannot be undone. The CRL lists them within a minute.",
    ),
    "bulk-revoke": Later(
        "commands.certs.bulk:bulk_revoke",
        "Revoke every certificate that matches all filters, as one job. This cannot be undone.",
    ),
    "hold": Later(
        "commands.certs.revocation:hold",
        "Put a certificate on hold: the CRL lists it like a revoked one until `unhold`.",
    ),
    "unhold": Later(
        "commands.certs.revocation:unhold", "End a hold: the next CRL does not list it any more."
    ),
    "archive": Later(
        "commands.certs.revocation:archive",
        "Archive a certificate's record, or several. One with valid versions needs --revoke or --keep-valid.",
    ),
}

app = typer.Typer(
    cls=lazy_group(COMMANDS),
    help="Certificates: request, renew, deploy, revoke, export.",
    no_args_is_help=True,
)
