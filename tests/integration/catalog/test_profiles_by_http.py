"""Profiles on the wire: usages, rules of the subject, certificate policies and teams."""

from typing import Any

import pytest

from certctl.domain.catalog.record_kinds import Kind
from tests.support.api.http import Answer
from tests.support.catalog.catalog import PATHS, CatalogByHttp, a_body

EVERYTHING: dict[str, Any] = {
    "extended_key_usages": ["clientAuth", "1.3.6.1.4.1.32473.5"],
    "subject": {
        "C": {"fixed": "DE", "allowed": None},
        "O": {"fixed": None, "allowed": "eng-*|ops"},
    },
    "policies": [
        {"oid": "1.3.6.1.4.1.32473.1", "cps_uri": "https://pki.example.com/cps"},
        {"oid": "1.3.6.1.4.1.32473.2", "cps_uri": None},
    ],
    "teams": ["t-default"],
}


def _posted(catalog: CatalogByHttp, **fields: Any) -> Answer:
    return catalog.admin.post(PATHS[Kind.PROFILE], a_body(Kind.PROFILE, **fields))


def _problems(answer: Answer) -> dict[str, list[str]]:
    assert answer.status == 422, answer.text
    found: dict[str, list[str]] = {}
    for error in answer.body["errors"]:
        found.setdefault(error["field"], []).append(error["message"])
    return found


def test_a_profile_is_read_as_it_was_written_and_put_back_without_a_change(catalog: CatalogByHttp) -> None:
    made = catalog.with_defaults().made(Kind.PROFILE, **EVERYTHING)
    path = catalog.path_of(Kind.PROFILE, made)
    again = catalog.admin.put(path, EVERYTHING | {"name": made["name"]})

    assert {name: made[name] for name in EVERYTHING} == EVERYTHING
    assert catalog.admin.get(path).body == made
    assert (again.status, again.body["version"]) == (200, 1)


def test_a_profile_that_says_nothing_of_them_is_for_all_teams_with_the_common_name_alone(
    catalog: CatalogByHttp,
) -> None:
    made = catalog.made(Kind.PROFILE)

    assert {name: made[name] for name in ("subject", "policies", "teams")} == {
        "subject": {},
        "policies": [],
        "teams": None,
    }


def test_every_problem_of_a_profile_is_told_at_once_by_field(catalog: CatalogByHttp) -> None:
    answer = _posted(
        catalog,
        extended_key_usages=["OCSPSigning", "timeStamping", "nonsense"],
        max_ttl_seconds=60,
        subject={
            "C": {"fixed": "Germany"},
            "O": {"allowed": "system:masters|eng\u202e*"},
            "OU": {"fixed": "System:Nodes"},
            "L": {},
            "ST": {"fixed": "a", "allowed": "b"},
        },
        policies=[{"oid": "2.5.29.32.0"}, {"oid": "1.2.x", "cps_uri": "ftp://example.com"}],
    )

    assert _problems(answer).keys() == {
        "extended_key_usages",
        "extended_key_usages.0",
        "extended_key_usages.2",
        "max_ttl_seconds",
        "subject.C.fixed",
        "subject.O.allowed",
        "subject.OU.fixed",
        "subject.L",
        "subject.ST",
        "policies.0.oid",
        "policies.1.oid",
        "policies.1.cps_uri",
        "teams",
    }


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"subject": {"emailAddress": {"fixed": "a@example.com"}}}, "subject.emailAddress"),
        ({"subject": {"O": {"pattern": "x"}}}, "subject.O.pattern"),
        ({"subject": {"O": "Example"}}, "subject.O"),
        ({"policies": [{"cps_uri": "https://example.com"}]}, "policies.0.oid"),
        ({"policies": [{"oid": "1.2.3"}] * 9}, "policies"),
        ({"extended_key_usages": []}, "extended_key_usages"),
        ({"teams": []}, "teams"),
        ({"teams": ["t-none"]}, "teams"),
    ],
    ids=lambda case: str(case)[:40],
)
def test_what_has_another_form_is_refused_at_its_field(
    catalog: CatalogByHttp, fields: dict[str, Any], problem: str
) -> None:
    assert list(_problems(_posted(catalog, **fields))) == [problem]


def test_the_attributes_that_are_offered_are_named(catalog: CatalogByHttp) -> None:
    (message,) = _problems(_posted(catalog, subject={"UID": {"fixed": "ada"}}))["subject.UID"]
    assert message == "Must be 'C', 'ST', 'L', 'O', 'OU' or 'serialNumber'."


def test_a_team_that_a_profile_names_is_not_deleted(catalog: CatalogByHttp) -> None:
    team = catalog.made(Kind.TEAM)
    catalog.made(Kind.PROFILE, teams=[team["id"]])
    assert catalog.admin.send("DELETE", catalog.path_of(Kind.TEAM, team)).status == 409
