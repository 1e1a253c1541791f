"""The hierarchies of a stack: its roots, and the CAs below each of them (ADR 78)."""

from collections.abc import Iterable, Sequence

from certctl.domain.authorities.authorities import Authority, AuthorityState

_STATES = (AuthorityState.ACTIVE, AuthorityState.PENDING, AuthorityState.RETIRING, AuthorityState.RETIRED)


def in_tree_order(authorities: Iterable[Authority]) -> list[Authority]:
    """Each root, the oldest first, followed by the CAs below it, the active ones before the others; then the
    CAs below roots that are not among them."""
    found = list(authorities)
    roots = sorted((each for each in found if each.role == "root"), key=_age)
    known = {root.ca_id for root in roots}
    outside = sorted((a for a in found if a.role != "root" and a.parent_id not in known), key=_order)
    trees = ([root, *_below(root, found)] for root in roots)
    return [authority for tree in trees for authority in tree] + outside


def first_root(authorities: Iterable[Authority]) -> Authority | None:
    """The root that the stack was made with; None before that."""
    return min((each for each in authorities if each.role == "root"), key=_age, default=None)


def active_roots(authorities: Iterable[Authority]) -> list[Authority]:
    """The roots whose CRLs and OCSP answers relying parties may ask for, the oldest first."""
    found = (each for each in authorities if each.role == "root" and each.state is AuthorityState.ACTIVE)
    return sorted(found, key=_age)


def _below(root: Authority, authorities: Sequence[Authority]) -> list[Authority]:
    return sorted((each for each in authorities if each.parent_id == root.ca_id), key=_order)


def _order(authority: Authority) -> tuple[int, str]:
    return _STATES.index(authority.state), authority.ca_id


def _age(root: Authority) -> tuple[object, str]:
    return root.not_before, root.ca_id
