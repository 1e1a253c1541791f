"""What endpoints serve is compared with what they should serve, and a difference is one alert."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.errors import InvalidInput, NotFound
from certctl.domain.inventory.endpoints.endpoints import Expected
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.requests import EndpointFilter, NewEndpoint, Wanted
from tests.support.costs.read_units import metered_reads
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.served.private_pki import ders, root
from tests.support.served.probers import MINUTES, Watched

HOUR = timedelta(hours=1)
STRANGER = ders(root("Stranger").issue(["www.example.com"]))


@pytest.fixture
def watched(plane: ControlPlane) -> Watched:
    return Watched(plane)


def test_the_newest_version_with_its_issuers_is_as_it_should_be(watched: Watched) -> None:
    certificate = watched.plane.issued("www.example.com")
    endpoint = watched.endpoint(certificate)

    assert watched.probed(endpoint, watched.chain(certificate)) == "changed"
    assert watched.probed(endpoint, watched.chain(certificate)) == "unchanged"

    shown = watched.now(endpoint).showing[0]
    assert (shown.address, shown.version, shown.findings, shown.notes) == ("192.0.2.1", "TLSv1.3", (), ())


def test_a_server_that_was_not_reloaded_is_one_alert_and_its_reload_ends_it(watched: Watched) -> None:
    certificate = watched.plane.issued("www.example.com")
    endpoint, old = watched.endpoint(certificate), watched.chain(certificate)
    watched.plane.pki.clock.advance(timedelta(days=10))
    watched.plane.rekeyed(certificate.id)

    for _ in range(3):
        watched.probed(endpoint, old, after=11 * HOUR)
    assert watched.alerts() == []
    watched.probed(endpoint, old)
    watched.probed(endpoint, old)

    (alert,) = watched.alerts()
    assert (alert.certificate_id, alert.severity, alert.action) == (certificate.id, "warning", "trigger")
    assert "www.example.com:443" in alert.message
    assert watched.findings(endpoint) == ["stale"]

    new = watched.chain(certificate)
    watched.probed(endpoint, new)
    watched.probed(endpoint, new)
    _, end = watched.alerts()
    assert (end.action, end.dedup_key) == ("resolve", alert.dedup_key)
    assert watched.findings(endpoint) == []


def test_two_endpoints_of_a_certificate_are_one_incident(watched: Watched) -> None:
    certificate = watched.plane.issued("www.example.com")
    one, other = watched.endpoint(certificate), watched.endpoint(certificate, host="b.example.com")
    for endpoint in (one, other):
        watched.probed(endpoint, STRANGER)
        watched.probed(endpoint, STRANGER)

    assert len(watched.alerts()) == 1
    incident = watched.incident(certificate.id, one)
    assert incident is not None
    assert [each.name for each in incident.named] == [
        "www.example.com:443",
        "b.example.com:443 (www.example.com)",
    ]

    good = watched.chain(certificate)
    for _ in range(2):
        watched.probed(one, good)
    assert len(watched.alerts()) == 1
    for _ in range(2):
        watched.probed(other, good)
    assert [row.action for row in watched.alerts()] == ["trigger", "resolve"]


def test_an_incident_that_has_ended_is_still_listed(watched: Watched) -> None:
    certificate = watched.plane.issued("www.example.com")
    endpoint = watched.endpoint(certificate)
    for chain in (STRANGER, STRANGER, *[watched.chain(certificate)] * 2):
        watched.probed(endpoint, chain)

    (incident,) = watched.endpoints.incidents(ADMIN, endpoint.id)

    assert (incident.finding, incident.subject_id) == (Finding.UNEXPECTED, certificate.id)
    assert incident.closed_at == watched.plane.pki.clock().replace(microsecond=0)


def test_an_incident_names_the_endpoints_of_the_callers_teams_alone(watched: Watched) -> None:
    certificate = watched.plane.issued("www.example.com")
    one, theirs = watched.endpoint(certificate), watched.endpoint(certificate, team="t-other")
    for endpoint in (one, theirs, one, theirs):
        watched.probed(endpoint, STRANGER)
    viewer = Principal("key-2", Role.VIEWER, ("t-default",))

    (incident,) = watched.endpoints.incidents(viewer, one.id)

    assert incident.endpoints == 2
    assert [each.endpoint_id for each in incident.named] == [one.id]
    with pytest.raises(NotFound):
        watched.endpoints.incidents(viewer, theirs.id)


def test_a_probe_that_shows_what_the_last_one_did_reads_little_and_writes_nothing(watched: Watched) -> None:
    certificate = watched.plane.issued("www.example.com")
    endpoint, chain = watched.endpoint(certificate), watched.chain(certificate)
    watched.probed(endpoint, chain)

    with metered_reads(watched.plane.pki.database.client) as reads:
        outcome = watched.probed(endpoint, chain)

    assert outcome == "unchanged"
    assert [table for _, table, _ in reads.reads if table == "certificates"] == ["certificates"]


def test_a_probe_is_judged_again_once_the_certificate_has_changed(watched: Watched) -> None:
    certificate = watched.plane.issued("www.example.com")
    endpoint, chain = watched.endpoint(certificate), watched.chain(certificate)
    for _ in range(3):
        watched.probed(endpoint, chain)
    watched.plane.revoked(certificate.id, "keyCompromise")

    watched.probed(endpoint, chain)
    watched.probed(endpoint, chain)

    assert watched.findings(endpoint) == ["revoked"]


def test_a_revoked_version_that_is_served_is_critical(watched: Watched) -> None:
    certificate = watched.plane.issued("www.example.com")
    endpoint, chain = watched.endpoint(certificate), watched.chain(certificate)
    watched.plane.revoked(certificate.id, "keyCompromise")

    watched.probed(endpoint, chain)
    watched.probed(endpoint, chain)

    assert [(row.severity, row.action) for row in watched.alerts()] == [("critical", "trigger")]
    assert watched.findings(endpoint) == ["revoked"]


def test_a_free_endpoint_lists_faults_of_trust_and_alerts_nobody(watched: Watched) -> None:
    endpoint = watched.endpoint()
    watched.probed(endpoint, STRANGER)
    watched.probed(endpoint, STRANGER)
    assert watched.findings(endpoint) == ["untrusted"]
    assert watched.alerts() == []


def test_an_issuer_that_is_not_sent_is_known(watched: Watched) -> None:
    certificate = watched.plane.issued("www.example.com")
    endpoint, (leaf, *_) = watched.endpoint(certificate), watched.chain(certificate)
    watched.probed(endpoint, [leaf])
    watched.probed(endpoint, [leaf])
    assert watched.findings(endpoint) == ["chain_incomplete"]


def test_a_repeated_report_and_one_of_another_prober_change_nothing(watched: Watched) -> None:
    certificate = watched.plane.issued("www.example.com")
    endpoint = watched.endpoint(certificate)
    assert watched.probed(endpoint, STRANGER, prober="agent-1") == "refused"
    assert watched.probed(endpoint, STRANGER) == "changed"
    assert watched.probed(endpoint, STRANGER, after=0 * MINUTES) == "refused"


def test_the_history_has_what_changed_newest_first(watched: Watched) -> None:
    certificate = watched.plane.issued("www.example.com")
    endpoint = watched.endpoint(certificate)
    for chain in (watched.chain(certificate), STRANGER, STRANGER):
        watched.probed(endpoint, chain)

    changes, position = watched.endpoints.history(ADMIN, endpoint.id, None, 2)
    rest, end = watched.endpoints.history(ADMIN, endpoint.id, position, 2)

    assert [each.change for each in (*changes, *rest)] == ["raised", "served", "served"]
    assert (changes[0].finding, changes[0].addresses, end) == (Finding.UNEXPECTED, ("192.0.2.1",), None)


def test_lists_are_of_the_callers_teams(watched: Watched) -> None:
    certificate = watched.plane.issued("www.example.com")
    endpoint, free = watched.endpoint(certificate), watched.endpoint()
    viewer = Principal("key-2", Role.VIEWER, ("t-other",))

    everything = watched.endpoints.page(ADMIN, EndpointFilter(), None, 10).records
    of_certificate = watched.endpoints.page(ADMIN, EndpointFilter(certificate_id=certificate.id), None, 10)

    assert {each.id for each in everything} == {endpoint.id, free.id}
    assert [each.id for each in of_certificate.records] == [endpoint.id]
    assert watched.endpoints.page(viewer, EndpointFilter(), None, 10).records == []
    with pytest.raises(NotFound):
        watched.endpoints.get(viewer, endpoint.id)


def test_another_expectation_ends_what_was_found(watched: Watched) -> None:
    certificate = watched.plane.issued("www.example.com")
    endpoint = watched.endpoint(certificate)
    watched.probed(endpoint, STRANGER)
    watched.probed(endpoint, STRANGER)

    changed = watched.endpoints.attach(ADMIN, endpoint.id, Wanted())

    assert (changed.expected, changed.certificate_ids) == (Expected.ANY_VALID, ())
    assert [row.action for row in watched.alerts()] == ["trigger", "resolve"]
    assert (
        watched.endpoints.page(ADMIN, EndpointFilter(certificate_id=certificate.id), None, 10).records == []
    )


def test_a_removed_endpoint_is_gone_and_its_incident_ends(watched: Watched) -> None:
    certificate = watched.plane.issued("www.example.com")
    endpoint = watched.endpoint(certificate)
    watched.probed(endpoint, STRANGER)
    watched.probed(endpoint, STRANGER)

    watched.endpoints.remove(ADMIN, endpoint.id)

    assert [row.action for row in watched.alerts()] == ["trigger", "resolve"]
    with pytest.raises(NotFound):
        watched.now(endpoint)
    assert watched.probed(endpoint, STRANGER) == "refused"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"host": "10.0.0.1"}, "host"),
        ({"host": "no host"}, "host"),
        ({"port": 25}, "port"),
        ({"port": 0}, "port"),
        ({"prober": "agent-1", "port": 25}, "prober"),
        ({"wanted": Wanted(expected=Expected.VERSION)}, "expected"),
        ({"wanted": Wanted(expected=Expected.ISSUER)}, "expected_issuer"),
        ({"team_id": ""}, "team_id"),
    ],
)
def test_an_endpoint_that_cannot_be_probed_is_refused(
    watched: Watched, changes: dict[str, object], field: str
) -> None:
    valid = NewEndpoint("www.example.com", 443, team_id="t-default")
    wanted = replace(valid, **changes)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as refused:
        watched.endpoints.create(ADMIN, wanted)
    assert [problem.field for problem in refused.value.problems] == [field]
