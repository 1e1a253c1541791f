"""Whose a new certificate is, by its names: what people decided once is not asked again after each renewal.

An owner and tags come only from a certificate of the team that the new one gets: the names of a certificate
are what its maker wrote, and nobody learns by them who owns a certificate of another team.
"""

from collections.abc import Iterable, Sequence

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.inventory.belonging import Belonging, Decided
from certctl.domain.inventory.observed import ObservedCertificate


def inherited(
    reporter: str,
    team_by_names: str | None,
    predecessors: Iterable[ObservedCertificate],
    records: Sequence[Certificate],
) -> Belonging:
    """Whose a certificate is that a scope of the team `reporter` found. `team_by_names` is the one team whose
    patterns have all of its names; `predecessors` and `records` have the same names."""
    newest_first = sorted(predecessors, key=lambda each: each.first_seen_at, reverse=True)
    decided = next((each for each in newest_first if _decides_team(each, reporter)), None)
    team = decided.team_id if decided else team_by_names or reporter
    of_team = next((each for each in newest_first if each.team_id == team), None)
    managed = next((each for each in records if each.team_id == team), None)
    by_hand = of_team.by_hand if of_team else ()
    owner = of_team.owner_id if of_team else None
    if owner is None and managed is not None and Decided.OWNER not in by_hand:
        owner = managed.owner_id
    tags = of_team.tags if of_team else {}
    if not tags and managed is not None and Decided.TAGS not in by_hand:
        tags = managed.tags
    kept = by_hand if decided else tuple(each for each in by_hand if each is not Decided.TEAM)
    return Belonging(team, owner, tags, kept)


def _decides_team(predecessor: ObservedCertificate, reporter: str) -> bool:
    """Whether people gave it to its team, and scopes of the same team found both: a certificate that somebody
    else reports decides nothing."""
    return Decided.TEAM in predecessor.by_hand and reporter in predecessor.reporting_teams
