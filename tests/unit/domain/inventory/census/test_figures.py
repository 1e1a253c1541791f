"""Figures of a day: each count equals the list that the same filter shows."""

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.inventory.census.counting import ALL, MOST_VALUES, Census, Facet, team_key
from certctl.domain.inventory.census.figures import LARGEST, Figures, figures_of, together
from certctl.domain.inventory.census.soonest import SOONEST
from certctl.domain.inventory.census.traits import CertificateTrait, Renewer, is_in_use
from certctl.domain.inventory.filters import ObservedFilter
from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.inventory.statuses import ObservedStatus
from certctl.store.inventory.census_texts import figures_of_text, packed, text_of_figures, unpacked
from tests.support.inventory.census import DAY, ca, leaf, observed_leaves
from tests.support.inventory.made import NOW

LEAVES = st.lists(observed_leaves(), max_size=12)


def _counted(certificates: Sequence[ObservedCertificate]) -> dict[str, Figures]:
    census = Census()
    for each in certificates:
        census.add(each, NOW)
    return figures_of(census, "2026-11-24", NOW)


@given(LEAVES)
def test_the_count_of_a_trait_equals_its_list(leaves: list[ObservedCertificate]) -> None:
    figures = _counted(leaves)[ALL] if leaves else Figures("", NOW)
    for trait in CertificateTrait:
        for renewer, count in figures.with_trait(trait).items():
            wanted = ObservedFilter(trait=trait, renewer=renewer)
            assert count == sum(wanted.matches(each, NOW) for each in leaves)


@given(LEAVES)
def test_the_count_of_a_status_equals_its_list(leaves: list[ObservedCertificate]) -> None:
    counts = _counted(leaves)[ALL].of(Facet.STATUS) if leaves else {}
    for status in ObservedStatus:
        listed = [each for each in leaves if ObservedFilter(status=status).matches(each, NOW)]
        assert counts.get(status.value, 0) == len(listed)


def _awaited(leaves: Sequence[ObservedCertificate]) -> list[str]:
    """The fingerprints of what expires next, unmanaged ones first, by the filters of lists."""
    expired = ObservedFilter(trait=CertificateTrait.EXPIRED)
    managed = ObservedFilter(renewer=Renewer.MANAGED)
    left = [each for each in leaves if is_in_use(each) and not expired.matches(each, NOW)]
    first = sorted(
        left, key=lambda each: (managed.matches(each, NOW), each.facts.not_after, each.fingerprint)
    )
    return [each.fingerprint for each in first[:SOONEST]]


@given(st.lists(observed_leaves(), min_size=1, max_size=40))
def test_what_expires_next_is_the_beginning_of_the_list(leaves: list[ObservedCertificate]) -> None:
    figures = _counted(leaves)
    assert [each.fingerprint for each in figures[ALL].soonest] == _awaited(leaves)
    for team in {each.team_id for each in leaves}:
        own = [each for each in leaves if each.team_id == team]
        assert [each.fingerprint for each in figures[team_key(team)].soonest] == _awaited(own)


@given(LEAVES)
def test_facets_of_one_kind_add_up_to_what_is_in_use(leaves: list[ObservedCertificate]) -> None:
    figures = _counted(leaves).get(ALL, Figures("", NOW))
    in_use = sum(map(is_in_use, leaves))
    for facet in (Facet.TRUST, Facet.RENEWER, Facet.ISSUER, Facet.KEY, Facet.SIGNATURE):
        assert sum(figures.of(facet).values()) == in_use
    assert (figures.in_use, figures.certificates) == (in_use, len(leaves))


@given(LEAVES)
def test_the_figures_of_all_teams_together_are_those_of_the_stack(leaves: list[ObservedCertificate]) -> None:
    figures = _counted(leaves)
    of_teams = together([each for whose, each in figures.items() if whose.startswith("team#")])
    whole = figures.get(ALL)
    assert (of_teams is None) == (not leaves)
    if of_teams and whole:
        assert {f: dict(of_teams.of(f)) for f in Facet} == {f: dict(whole.of(f)) for f in Facet}
        assert of_teams.soonest == whole.soonest


@given(LEAVES, st.integers(0, 12))
def test_a_count_that_was_kept_and_continued_is_the_same(leaves: list[ObservedCertificate], cut: int) -> None:
    census = Census()
    for each in leaves[:cut]:
        census.add(each, NOW)
    census = unpacked(packed(census))
    for each in leaves[cut:]:
        census.add(each, NOW)
    assert figures_of(census, "2026-11-24", NOW) == (
        _counted(leaves) or figures_of(Census(), "2026-11-24", NOW)
    )


@given(LEAVES)
def test_figures_are_read_as_they_were_stored(leaves: list[ObservedCertificate]) -> None:
    figures = _counted([*leaves, leaf(), ca(not_after=NOW + DAY)])[ALL]
    assert figures_of_text(text_of_figures(figures), figures.day, NOW) == figures


def test_the_largest_issuers_are_named_and_the_others_are_one_number() -> None:
    few = [leaf(issuer=f"CN={n}") for n in range(LARGEST + 5)]
    figures = _counted([*few, leaf(issuer="CN=1")])[ALL]
    named = figures.largest(Facet.ISSUER)
    assert (len(named), named[0], figures.of(Facet.ISSUER)[""]) == (LARGEST, ("CN=1", 2), 5)


def test_somebody_who_invents_issuers_does_not_make_the_count_grow() -> None:
    census = Census()
    for number in range(MOST_VALUES + 300):
        census.add(leaf(issuer=f"CN={number}"), NOW)
    tally = census.tallies[ALL]
    assert (len(tally.counts[Facet.ISSUER]), len(tally.issuers)) == (MOST_VALUES + 1, MOST_VALUES)
    assert tally.counts[Facet.ISSUER].total() == MOST_VALUES + 300


def test_renewals_a_year_by_who_does_them() -> None:
    from certctl.domain.inventory.statuses import Trust

    public = [leaf(trust=Trust.PUBLIC, renewed_by=program) for program in ("certbot", None, None)]
    figures = _counted([*public, leaf()])[ALL]
    assert figures.renewals(0) == {Renewer.MANAGED: 0, Renewer.PROGRAM: 6, Renewer.NOBODY: 12}
    assert figures.renewals(47) == {Renewer.MANAGED: 0, Renewer.PROGRAM: 12, Renewer.NOBODY: 23}


def test_a_ca_that_ends_before_its_leaves_is_named_with_their_number() -> None:
    (expiring,) = _counted([ca(not_after=NOW + 30 * DAY), leaf(), leaf()])[team_key("t-web")].expiring_cas
    assert (expiring.subject, expiring.not_after, expiring.leaves) == ("CN=Their CA", NOW + 30 * DAY, 2)


def test_a_ca_that_outlives_its_leaves_or_has_a_longer_certificate_is_not_named() -> None:
    end = NOW + 30 * DAY
    short = leaf(not_after=end - DAY)
    assert _counted([ca(not_after=end), short])[ALL].expiring_cas == ()
    assert _counted([ca(not_after=end), ca(not_after=NOW + 900 * DAY), leaf()])[ALL].expiring_cas == ()


def test_what_was_issued_and_is_seen_nowhere_is_counted_for_its_team_and_owner() -> None:
    census = Census()
    for number in range(25):
        census.add_seen_nowhere(f"mc-{number}", "t-web", "o-1")
    figures = figures_of(census, "2026-11-24", NOW)
    assert Counter({whose: each.seen_nowhere.count for whose, each in figures.items()}) == {
        "all": 25,
        "team#t-web": 25,
        "owner#o-1": 25,
    }
    assert len(figures[ALL].seen_nowhere.first) == 20
