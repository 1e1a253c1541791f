"""`certctl cas`: the CAs of the stack, their certificates and CRLs."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from certctl_client.api.schema import AuthorityDetailsView, AuthorityView, PublishedCrlView
from certctl_client.commands.cas.trees import CaTree
from certctl_client.commands.options import FactsOutput, OutFile, Output
from certctl_client.errors import CommandError
from certctl_client.exit_codes import ExitCode
from certctl_client.files import write_private
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, say, show
from certctl_client.output.views import Column
from certctl_client.session import ca_cert, open_stack

app = typer.Typer(help="CAs: their certificates, CRLs and rotation.", no_args_is_help=True)

_ALL = "all"
_COLUMNS: Mapping[str, Column] = {
    "CA": "ca_id",
    "ISSUER": "issuer_id",
    "ROLE": "role",
    "KEY": lambda ca: ca.get("key_spec", ""),
    "STATE": lambda ca: "revoked" if ca["revoked_at"] else ca["state"],
    "SUBJECT": "subject",
    "UNTIL": "not_after",
    "CRL": lambda ca: _newest(ca)["crl_number"],
    "ENTRIES": lambda ca: _newest(ca)["entries"],
    "NEXT UPDATE": lambda ca: _newest(ca)["next_update"],
}
_SHOWN_IN_TREE = ("KEY", "STATE", "ISSUER", "UNTIL", "CA")
_CRL_COLUMNS: Mapping[str, Column] = {
    "SHARD": "shard",
    "LISTS": lambda crl: _content_of(crl),
    "OPEN": lambda crl: "yes" if crl["open"] else "no",
    "NUMBER": "crl_number",
    "ENTRIES": "entries",
    "PUBLISHED": "published_at",
    "THIS UPDATE": "this_update",
    "NEXT UPDATE": "next_update",
    "URL": "url",
}
_CHAIN_COLUMNS: Mapping[str, Column] = {
    "SUBJECT": "subject",
    "UNTIL": "not_after",
    "SHA-256": "fingerprint_sha256",
}
_IN_SECTIONS = ("crls", "chain", "rotation", "certificate_pem", "chain_pem")

CaId = Annotated[str, typer.Argument(metavar="ID", help="As `certctl cas list` shows it.")]
Shard = Annotated[str, typer.Option(help="A number, or all: the CRL with every entry.")]
Pem = Annotated[bool, typer.Option("--pem", help="Write PEM instead of DER.")]
Der = Annotated[bool, typer.Option("--der", help="Write DER instead of PEM. Needs --out.")]
Chain = Annotated[bool, typer.Option("--chain", help="Include the CA certificates above it.")]


@app.command("list")
def list_cas(output: Output = Format.TABLE) -> None:
    """Every CA, with the CRL that has all its entries."""
    with open_stack() as stack:
        show(Listing(stack.authorities.all(), _COLUMNS, fields_of(AuthorityView), "ca_id"), output)


@app.command("tree")
def show_tree(output: Output = Format.TABLE) -> None:
    """Each root with the CAs below it: key, state, and which CA is of another family than its root."""
    with open_stack() as stack:
        tree = CaTree(stack.authorities.all())
    shared = {heading: _COLUMNS[heading] for heading in _SHOWN_IN_TREE}
    columns = {"SUBJECT": tree.name_of, **shared, "NOTE": tree.note_of}
    show(Listing(tree.ordered(), columns, fields_of(AuthorityView), "ca_id"), output)


@app.command("show")
def show_ca(ca_id: CaId, output: Output = Format.TABLE) -> None:
    """One CA: certificate, chain, CRLs, rotation."""
    with open_stack() as stack:
        found = stack.authorities.get(ca_id)
    if output is Format.CSV:
        return show(Listing(found["crls"], _CRL_COLUMNS, fields_of(PublishedCrlView)), output)
    show(Sections(found, _parts(found), "ca_id"), output)


@app.command("uses")
def count_uses(ca_id: CaId, output: FactsOutput = Format.TABLE) -> None:
    """What the CA's compromise would touch: certificates in force whose current version it issued."""
    with open_stack() as stack:
        certificates, target_ids = stack.authorities.uses(ca_id)
    counts = {"ca_id": ca_id, "certificates": certificates, "targets": len(target_ids)}
    show(Detail({**counts, "target_ids": target_ids}), output)


@app.command("certificate")
def export_certificate(ca_id: CaId, chain: Chain = False, der: Der = False, out: OutFile = None) -> None:
    """The CA's certificate as PEM or DER."""
    if der and (chain or out is None):
        raise CommandError("--der writes one certificate to a file.", "Give --out, and leave out --chain.")
    with open_stack() as stack:
        found = stack.authorities.get(ca_id)
    pem = found["certificate_pem"] + (found["chain_pem"] if chain else "")
    if out is None:
        return show(Detail({"ca_id": ca_id, "pem": pem}, pem.rstrip()), Format.TABLE)
    write_private(out, _der(pem) if der else pem.encode())
    say(f"Certificate written to {out}.")


@app.command("crl")
def export_crl(ca_id: CaId, out: OutFile = None, shard: Shard = _ALL, pem: Pem = False) -> None:
    """Fetch a CRL of the CA from where it is published, into a file."""
    from cryptography.hazmat.primitives.serialization import Encoding

    from certctl_client.crl.documents import load_crl
    from certctl_client.crl.public import PublicObjects

    if out is None:
        raise CommandError("A CRL is written to a file.", "Give --out.")
    with open_stack() as stack:
        crl = _crl(stack.authorities.get(ca_id), shard)
    with PublicObjects(None, ca_cert()) as public:
        _, data = public.fetch(crl["url"])
    document = load_crl(data).document
    write_private(out, document.public_bytes(Encoding.PEM if pem else Encoding.DER))
    say(f"CRL {crl['crl_number']} written to {out}.")


def _parts(found: AuthorityDetailsView) -> list[tuple[str, Listing | Detail]]:
    facts = {name: value for name, value in found.items() if name not in _IN_SECTIONS}
    rotation: dict[str, Any] = {**found["rotation"]}
    return [
        ("CA", Detail(facts)),
        ("CRLs", Listing(found["crls"], _CRL_COLUMNS)),
        ("Chain", Listing(found["chain"], _CHAIN_COLUMNS)),
        ("Rotation", Detail(rotation)),
    ]


def _content_of(crl: PublishedCrlView) -> str:
    """What a CRL contains; empty if the server is of an earlier release, which does not report it."""
    return {True: "all", False: "its shard"}.get(crl.get("complete"), "")


def _newest(ca: AuthorityView) -> PublishedCrlView:
    """The CRL that has all entries: `all` if there is one, else the only one."""
    return ca["crls"][-1]


def _crl(found: AuthorityDetailsView, shard: str) -> PublishedCrlView:
    """The root has one CRL, shard 0, which is complete."""
    matching = [crl for crl in found["crls"] if crl["shard"] == shard]
    if shard == _ALL and not matching:
        matching = found["crls"][-1:]
    if not matching:
        known = ", ".join(crl["shard"] for crl in found["crls"])
        raise CommandError(f"{found['ca_id']} has no CRL shard {shard}: {known}.", code=ExitCode.NOT_FOUND)
    return matching[0]


def _der(pem: str) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    from certctl_client.crl.documents import load_certificates

    return load_certificates(pem.encode())[0].public_bytes(Encoding.DER)
