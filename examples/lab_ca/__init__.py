"""LabCA: a kind of issuer to copy from, with a CA in memory behind it. No stack offers it, because only the
registries of tests name it (docs/issuers.md, "Write an issuer").

- `definition.py`: what the API, the forms and the checks know of the kind;
- `lab.py`: the CA, in place of a server;
- `issuer.py`: the connector, for a CA that finds a certificate by its order;
- `one_call.py`: the connector for a CA whose one call signs, and that finds nothing: Vault, step-ca, EJBCA.
"""

from examples.lab_ca.definition import LAB_CA
from examples.lab_ca.issuer import LabIssuer, LabIssuers
from examples.lab_ca.lab import Lab
from examples.lab_ca.one_call import OneCallIssuer, OneCallIssuers

__all__ = ["LAB_CA", "Lab", "LabIssuer", "LabIssuers", "OneCallIssuer", "OneCallIssuers"]
