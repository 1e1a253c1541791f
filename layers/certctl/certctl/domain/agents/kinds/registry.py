"""The kinds of targets that come with certctl."""

from certctl.domain.agents.kinds.acm import ACM
from certctl.domain.agents.kinds.apache import APACHE
from certctl.domain.agents.kinds.crl_bundle import CRL_BUNDLE
from certctl.domain.agents.kinds.definitions import TargetDefinition
from certctl.domain.agents.kinds.files import FILES
from certctl.domain.agents.kinds.haproxy import HAPROXY
from certctl.domain.agents.kinds.nginx import NGINX
from certctl.domain.kinds import Kinds

TargetKinds = Kinds[TargetDefinition]

TARGET_KINDS: TargetKinds = Kinds(NGINX, APACHE, HAPROXY, FILES, ACM, CRL_BUNDLE)
