"""The hierarchies of a stack: its roots, and the CAs below each of them (ADR 78)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from certctl.domain.authorities.authorities import Authority
from certctl.domain.authorities.confirmations import Confirmation
from certctl.domain.authorities.key_specs import ROOT_KEY_SPECS, KeyFamily, KeySpec
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, InvalidInput

_STATES = (AuthorityState.ACTIVE, AuthorityState.PENDING, AuthorityState.RETIRING, AuthorityState.RETIRED)
_MIXED = "RSA-only clients cannot verify it"
_FIELD = "root_id"


def in_tree_order(authorities: Iterable[Authority]) -> list[Authority]:
    """Each root, the oldest first, followed by the CAs below it, the active ones before the others; then the
    CAs below roots that are not among them."""
    found = list(authorities)
    roots = sorted((each for each in found if each.role == "root"), key=_age)
    known = {root.ca_id for root in roots}
    outside = sorted((a for a in found if a.role != "root" and a.parent_id not in known), key=_order)
    trees = ([root, *_below(root, found)] for root in roots)
    return [authority for tree in trees for authority in tree] + outside


def active_roots(authorities: Iterable[Authority]) -> list[Authority]:
    """The roots below which CAs may be made, the oldest first: the stack was made with that one."""
    found = (each for each in authorities if each.role == "root" and each.state is AuthorityState.ACTIVE)
    return sorted(found, key=_age)


def require_active_root(root_id: str, authorities: Sequence[Authority]) -> Authority:
    """The root with that id. Raises Conflict for one that is not finished, InvalidInput for anything else."""
    found = next((each for each in authorities if each.ca_id == root_id), None)
    if found is not None and found.role != "root":
        raise InvalidInput.of(_FIELD, f"is the issuing CA of {found.issuer_id}: {_allowed(authorities)}")
    if found is None or found.state not in (AuthorityState.ACTIVE, AuthorityState.PENDING):
        raise InvalidInput.of(_FIELD, f"is no root that is in use: {_allowed(authorities)}")
    if found.state is AuthorityState.PENDING:
        raise Conflict(
            f"The root {root_id} is begun: finish it first, by create_root with its key {found.key_arn}."
        )
    return found


def root_below_which(before: Authority | None, authorities: Sequence[Authority]) -> Authority:
    """The root of a CA that names none: that of the CA `before` it, else the stack's first. Raises Conflict
    if there is no root."""
    roots = active_roots(authorities)
    if not roots:
        raise Conflict("There is no root yet: run initialize first.")
    same = (root for root in roots if before is not None and root.ca_id == before.parent_id)
    return next(same, roots[0])


def require_root_spec(spec: KeySpec, field: str) -> None:
    """Raises InvalidInput on `field` for a key that no root may have."""
    if spec not in ROOT_KEY_SPECS:
        raise InvalidInput.of(field, f"is {spec}: the key of a root is one of {', '.join(ROOT_KEY_SPECS)}")


def mixture_to_confirm(issuing: KeyFamily, above: Collection[KeyFamily]) -> Iterator[Confirmation]:
    """Who cannot verify the certificates of a CA, if a key above it is of another family than its own."""
    others = [family for family in KeyFamily if family in above and family is not issuing]
    for other in others:
        yield Confirmation(_MIXED, why_mixed(issuing, other))


def why_mixed(issuing: KeyFamily, above: KeyFamily) -> str:
    """The reason to have both keys of one family."""
    what = "the certificates that it signs" if above is KeyFamily.RSA else "the ECDSA signature above it"
    return (
        f"since its own key is {issuing} and one above it {above}: clients have to verify both. Those that "
        f"know RSA only, the usual reason for an RSA CA, do not verify {what}. For them make an RSA root by "
        "create_root, and an RSA CA with its root_id"
    )


def _allowed(authorities: Iterable[Authority]) -> str:
    roots = [root.ca_id for root in active_roots(authorities)]
    return f"must be one of {', '.join(roots)}" if roots else "there is no root yet"


def _below(root: Authority, authorities: Sequence[Authority]) -> list[Authority]:
    return sorted((each for each in authorities if each.parent_id == root.ca_id), key=_order)


def _order(authority: Authority) -> tuple[int, str]:
    return _STATES.index(authority.state), authority.ca_id


def _age(root: Authority) -> tuple[datetime, str]:
    return root.not_before, root.ca_id
