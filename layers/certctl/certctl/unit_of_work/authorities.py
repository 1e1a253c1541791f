"""Certificate authorities in a unit of work: their rows and audit events."""

from certctl.domain.audit.events import changes
from certctl.domain.authorities.authorities import Authority, first_shards
from certctl.store.authorities.authorities import AuthorityStore
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.unit import UnitOfWork


def create_authority(unit: UnitOfWork, authorities: AuthorityStore, authority: Authority) -> None:
    unit.write(*authorities.create_steps(authority, first_shards(authority)))
    unit.event("ca_created", authority_resource(authority.ca_id), changes(None, authority))


def create_root(unit: UnitOfWork, authorities: AuthorityStore, root: Authority) -> None:
    unit.write(*authorities.create_root_steps(root, first_shards(root)))
    unit.event("ca_created", authority_resource(root.ca_id), changes(None, root))


def authority_resource(ca_id: str) -> Resource:
    return Resource("ca", ca_id)
