"""Links credentials to people: each owner of keys, and each user, by the mail address of its record."""

from collections.abc import Iterable
from dataclasses import dataclass

from certctl.domain.access.principals import Principal
from certctl.domain.access.subjects import SubjectKind, has_kind
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Forbidden
from certctl.store.catalog.known import Place
from certctl.store.catalog.records import CatalogStore
from certctl.store.identity.admin_sign_ins import AdminSignInStore
from certctl.store.paging import load

_WITHOUT_MAIL = ("key-", "ses-", "tok-", "sa-")
"""How ids of credentials and service accounts begin."""
_NOBODY = (
    "Nobody knows whose key this is, so that its user could also approve the job. Ask after a sign-in, with "
    "a key of a user, or with one of a service account; or give its owner the mail address of its user."
)


@dataclass(frozen=True)
class Addresses:
    """Mail addresses in lower case. Two owners may share the address of their team: they are one person only
    through a user."""

    users: frozenset[str]
    owners: frozenset[str]

    def share_one_with(self, other: "Addresses") -> bool:
        return bool(self.users & (other.users | other.owners) or self.owners & other.users)


@dataclass(frozen=True)
class People:
    """A person who signs in had keys before: only an owner's address shows that both are one. Addresses only
    refuse an approval, and need not be verified."""

    catalog: CatalogStore
    sign_ins: AdminSignInStore

    def addresses(self, ids: Iterable[str]) -> Addresses:
        """The mail addresses of those ids that are owners or users, read consistently."""
        places = [_place_of(each) for each in ids if not each.startswith(_WITHOUT_MAIL)]
        found = load(places, lambda some: list(self.catalog.get_many(some).values()))
        return Addresses(_mails_of(Kind.USER, found), _mails_of(Kind.OWNER, found))

    def require_person(self, caller: Principal) -> None:
        """Requires a person for what needs approval, once people sign in with a provider. Reads nothing for a
        user, a service account with a record, or an agent. Raises Forbidden."""
        if has_kind(caller.subject_id, SubjectKind.USER) or caller.answerable or caller.agent_id is not None:
            return
        if self.sign_ins.any() and not self.addresses(filter(None, [caller.owner_id])).owners:
            raise Forbidden(_NOBODY)


def _mails_of(kind: Kind, entries: Iterable[AnyEntry]) -> frozenset[str]:
    mails = (entry.content.email for entry in entries if entry.kind is kind)
    return frozenset(mail.strip().casefold() for mail in mails if mail)


def _place_of(each: str) -> Place:
    return (Kind.USER if has_kind(each, SubjectKind.USER) else Kind.OWNER), each
