"""The kinds of issuers that come with certctl."""

from certctl.domain.issuing.kinds.acme import ACME
from certctl.domain.issuing.kinds.aws_pca import AWS_PCA
from certctl.domain.issuing.kinds.definitions import IssuerDefinition
from certctl.domain.issuing.kinds.local import LOCAL
from certctl.domain.kinds import Kinds

IssuerKinds = Kinds[IssuerDefinition]

ISSUER_KINDS: IssuerKinds = Kinds(LOCAL, ACME, AWS_PCA)
