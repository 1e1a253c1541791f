"""`certctl certs export`: the current certificate and its chain."""

from certctl_client.commands.certs.finding import Named, id_of
from certctl_client.commands.options import OutFile, Output
from certctl_client.files import write_private
from certctl_client.output import Detail, Format, say, show
from certctl_client.session import open_stack


def export_certificate(certificate: Named, out: OutFile = None, output: Output = Format.TABLE) -> None:
    """The current certificate and then its issuing CA, as PEM."""
    from certctl_client.enrolment.issued import chain_of  # loads cryptography

    with open_stack() as stack:
        certificate_id = id_of(stack, certificate)
        chain = chain_of(stack.certificates.pem(certificate_id))
    if out:
        write_private(out, chain.pem.encode())
        say(f"Certificate and chain written to {out}.")
        return
    record = {"id": certificate_id, "certificate_pem": chain.leaf, "chain_pem": chain.issuers}
    show(Detail(record, chain.pem.rstrip()), output)
