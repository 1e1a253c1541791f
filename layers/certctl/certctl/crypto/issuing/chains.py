"""The CA that signs and all CAs above it: what they allow a certificate to have (RFC 5280, 6.1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import inf

from cryptography import x509

from certctl.crypto.issuing.constraints import allows_subject, constraints_of, is_allowed
from certctl.crypto.names import San
from certctl.crypto.pem import load_certificates
from certctl.crypto.permitted_names import name_constraints, permitted_names_of
from certctl.crypto.x509_values import extension_value
from certctl.domain.authorities.authorities import Authority
from certctl.domain.errors import FieldProblem
from certctl.domain.policies.certificate_policies import ANY_POLICY, CertificatePolicy
from certctl.domain.policies.usages import usage_oid


@dataclass(frozen=True)
class Link:
    """One CA of a chain. `depth` is the number of certificates below it that are not self-issued, the leaf
    included."""

    certificate: x509.Certificate
    constraints: tuple[x509.NameConstraints, ...]
    depth: int

    @property
    def name(self) -> str:
        return self.certificate.subject.rfc4514_string()

    def allows(self, name: San) -> bool:
        return all(is_allowed(name, each) for each in self.constraints)

    def allows_subject(self, subject: x509.Name) -> bool:
        return all(allows_subject(subject, each) for each in self.constraints)


@dataclass(frozen=True)
class IssuingChain:
    """`links` go from the CA that signs up to the root."""

    links: tuple[Link, ...]

    @classmethod
    def of(cls, certificates: Sequence[x509.Certificate]) -> "IssuingChain":
        """Each CA allows what its certificate says."""
        links, depth = [], 1
        for each in certificates:
            links.append(Link(each, constraints_of(each), depth))
            depth += each.subject != each.issuer
        return cls(tuple(links))

    @property
    def issuer(self) -> x509.Certificate:
        return self.links[0].certificate

    def problems(self, leaf: "LeafContent") -> list[FieldProblem]:
        """What clients would refuse in such a leaf."""
        found = [problem for link in self.links for problem in _problems(link, leaf)]
        return [*found, *self._of_cas(), *self._of_policies(leaf.policies)]

    def _of_policies(self, policies: Sequence[CertificatePolicy]) -> Iterator[FieldProblem]:
        """The root is a trust anchor: clients hold its constraints of names, but not its policies."""
        for place, link in enumerate(self.links[:-1]):
            if not policies and _demands_policies(link):
                why = f"{link.name} demands a certificate policy (RFC 5280, 4.2.1.11), which none here has"
                yield FieldProblem("issuer_id", why)
            if missing := self._without(policies, place):
                yield FieldProblem("issuer_id", _no_policy(link, missing))

    def _without(self, policies: Sequence[CertificatePolicy], place: int) -> list[str]:
        """The policies that no certificate below this CA may assert."""
        asserted = asserted_policies(self.links[place].certificate)
        if ANY_POLICY in asserted and not self._inhibits_any_policy(place):
            return []
        return [policy.oid for policy in policies if policy.oid not in asserted]

    def _inhibits_any_policy(self, place: int) -> bool:
        """Whether a CA above it has ended what anyPolicy stands for (RFC 5280, 4.2.1.14)."""
        depth = self.links[place].depth
        above = ((link.depth - depth - 1, link) for link in self.links[place + 1 : -1])
        return any(_skipped_certificates(link) <= between for between, link in above)

    def _of_cas(self) -> Iterator[FieldProblem]:
        for at, above in enumerate(self.links):
            for below in islice(self.links, at):
                if not above.allows_subject(below.certificate.subject):
                    why = f"{below.name} is outside the names that {above.name} may certify"
                    yield FieldProblem("issuer_id", why)


@dataclass(frozen=True)
class LeafContent:
    """What a leaf would say."""

    subject: x509.Name
    names: Sequence[San]
    usages: Sequence[str]
    policies: Sequence[CertificatePolicy] = ()


def issuing_chain(authority: Authority) -> IssuingChain:
    """The chain of an active CA. A CA of this stack that an earlier release made for some domains leaves
    addresses and URIs open; no certificate can change that, so its domains bind here as a new CA's do."""
    chain = IssuingChain.of(load_certificates(authority.certificate_pem + authority.chain_pem))
    first, *above = chain.links
    permitted = permitted_names_of(first.certificate)
    if authority.parent_id is None or not permitted:
        return chain
    bound = replace(first, constraints=(*first.constraints, name_constraints(permitted)))
    return IssuingChain((bound, *above))


def _problems(link: Link, leaf: LeafContent) -> Iterator[FieldProblem]:
    for name in leaf.names:
        if not link.allows(name):
            yield FieldProblem(
                "sans", f"{name} is outside the names that {link.name} may certify{_those(link)}"
            )
    if not link.allows_subject(leaf.subject):
        text = (
            f"the subject {leaf.subject.rfc4514_string()} is outside the names that {link.name} may certify"
        )
        yield FieldProblem("common_name", text)
    allowed = _usages_of(link.certificate)
    for usage in leaf.usages:
        if allowed is not None and usage_oid(usage) not in allowed:
            yield FieldProblem("profile_id", f"{link.name} does not certify keys for {usage}")


def _those(link: Link) -> str:
    permitted = permitted_names_of(link.certificate)
    return f": {', '.join(permitted)}" if permitted else ""


def _usages_of(certificate: x509.Certificate) -> list[str] | None:
    """The OIDs of the extended key usages; None without the extension. anyExtendedKeyUsage allows nothing
    else: OpenSSL does not count it."""
    usages = extension_value(certificate, x509.ExtendedKeyUsage)
    return None if usages is None else [usage.dotted_string for usage in usages]


def asserted_policies(certificate: x509.Certificate) -> set[str]:
    """The OIDs of a CA's certificate policies: what is valid below it; empty without the extension."""
    policies = extension_value(certificate, x509.CertificatePolicies)
    return {policy.policy_identifier.dotted_string for policy in policies or ()}


def _no_policy(link: Link, oids: Sequence[str]) -> str:
    return (
        f"{link.name} lets no certificate below it assert the policies of the profile ({', '.join(oids)}), "
        "for it has no anyPolicy: `rotate` makes a CA of this issuer that has"
    )


def _skipped_certificates(link: Link) -> float:
    found = extension_value(link.certificate, x509.InhibitAnyPolicy)
    return inf if found is None else found.skip_certs


def _demands_policies(link: Link) -> bool:
    """Whether requireExplicitPolicy has been counted down to zero at the leaf (RFC 5280, 6.1.5)."""
    found = extension_value(link.certificate, x509.PolicyConstraints)
    demanded_at = None if found is None else found.require_explicit_policy
    return demanded_at is not None and demanded_at <= link.depth
