"""Whose a new certificate is: what people decided follows the names, and never leaves the team."""

from datetime import timedelta

from certctl.crypto.inventory.facts import parse
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.inventory.belonging import Belonging, BelongingEdit, Decided
from certctl.domain.inventory.inheritance import inherited
from certctl.domain.inventory.observed import ObservedCertificate
from tests.support.inventory.made import NOW, Maker, observed

_LEAF = parse(Maker().leaf("www.example.com"))
_DAY = timedelta(days=1)
_NOTHING = BelongingEdit()


def _before(team_id: str, edit: BelongingEdit = _NOTHING, age: int = 1) -> ObservedCertificate:
    """A predecessor that a scope of the team found, changed by people since."""
    found = observed(_LEAF, team_id=team_id, first_seen_at=NOW - age * _DAY)
    return found.belonging_to(edit.of(found.belonging)) if edit.decided else found


def _record(team_id: str, owner_id: str = "o-record") -> Certificate:
    return Certificate(
        id="mc-1",
        name="www",
        common_name="www.example.com",
        sans=("DNS:www.example.com",),
        environment="",
        owner_id=owner_id,
        team_id=team_id,
        issuer_id="iss-local",
        renewal_policy_id="rp-default",
        certificate_profile_id="p",
        created_at=NOW,
        updated_at=NOW,
        tags={"app": "shop"},
    )


def test_without_any_rule_it_is_the_reporters_and_nobody_owns_it() -> None:
    assert inherited("t-web", None, [], []) == Belonging("t-web")


def test_the_team_whose_patterns_have_all_names_comes_before_the_reporters() -> None:
    assert inherited("t-web", "t-pay", [], []).team_id == "t-pay"


def test_a_team_that_people_chose_comes_before_patterns_and_stays_chosen() -> None:
    by_hand = _before("t-web", BelongingEdit(team_id="t-shop"))
    belonging = inherited("t-web", "t-pay", [by_hand], [])
    assert (belonging.team_id, belonging.by_hand) == ("t-shop", (Decided.TEAM,))


def test_a_decision_about_what_only_others_report_decides_nothing() -> None:
    of_a_stranger = _before("t-evil", BelongingEdit(team_id="t-evil", owner_id="o-evil", tags={"a": "b"}))
    assert inherited("t-web", None, [of_a_stranger], []) == Belonging("t-web")


def test_owner_and_tags_come_from_the_newest_predecessor_of_the_team() -> None:
    older = _before("t-web", BelongingEdit(owner_id="o-1"), age=9)
    newer = _before("t-web", BelongingEdit(owner_id="o-2", tags={"app": "web"}), age=2)
    belonging = inherited("t-web", None, [older, newer], [])
    assert (belonging.owner_id, belonging.tags) == ("o-2", {"app": "web"})


def test_without_a_predecessor_they_come_from_a_record_of_the_team() -> None:
    belonging = inherited("t-web", None, [], [_record("t-other", "o-other"), _record("t-web")])
    assert (belonging.owner_id, belonging.tags) == ("o-record", {"app": "shop"})


def test_an_owner_that_people_removed_stays_removed() -> None:
    without = _before("t-web", BelongingEdit(owner_id="", tags={}))
    belonging = inherited("t-web", None, [without], [_record("t-web")])
    assert (belonging.owner_id, belonging.tags) == (None, {})
