from datetime import UTC, datetime, timedelta

from certctl.domain.status.looks import DueRevocation, OcspSampling, Sighting, Way

REVOKED = datetime(2026, 11, 27, 12, tzinfo=UTC)
ROW = DueRevocation("ca-1", "0", "0a01", REVOKED)


def _after(seconds: float) -> datetime:
    return REVOKED + timedelta(seconds=seconds)


def test_looks_come_ever_more_rarely_and_then_the_schedule_looks() -> None:
    moments, now = [], REVOKED
    while (following := ROW.next_look(now)) is not None:
        moments.append((following - REVOKED).total_seconds())
        now = following
    assert moments == [1, 2, 5, 10, 20, 40]


def test_a_look_that_was_late_is_not_made_up_for() -> None:
    assert ROW.next_look(_after(7)) == _after(10)


def test_a_revocation_waits_for_ocsp_only_where_its_ca_has_a_responder_and_it_is_asked_about() -> None:
    assert ROW.waits_for(has_responder=True) == {Way.CRL, Way.OCSP}
    assert ROW.waits_for(has_responder=False) == {Way.CRL}
    sampled_out = DueRevocation("ca-1", "0", "0a01", REVOKED, ocsp_sampled_out=True)
    assert sampled_out.waits_for(has_responder=True) == {Way.CRL}


def test_what_was_seen_is_not_waited_for() -> None:
    seen = DueRevocation("ca-1", "0", "0a01", REVOKED, ocsp_seen_at=_after(1))
    assert seen.waits_for(has_responder=True) == {Way.CRL}
    both = DueRevocation("ca-1", "0", "0a01", REVOKED, _after(30), _after(1))
    assert both.waits_for(has_responder=True) == frozenset()


def test_a_crl_has_120_seconds_and_ocsp_15() -> None:
    assert not ROW.is_overdue(Way.OCSP, _after(15))
    assert ROW.is_overdue(Way.OCSP, _after(15.001))
    assert not ROW.is_overdue(Way.CRL, _after(120))
    assert ROW.is_overdue(Way.CRL, _after(120.001))


def test_clocks_that_differ_make_no_negative_seconds() -> None:
    assert Sighting(Way.CRL, _after(-0.5), "00").seconds_after(REVOKED) == 0
    assert Sighting(Way.CRL, _after(23.4567), "00").seconds_after(REVOKED) == 23.457


def test_five_revocations_of_a_ca_are_asked_about_in_each_second() -> None:
    sampling = OcspSampling()
    assert [sampling.takes("ca-1", _after(0.1 * n)) for n in range(8)] == [True] * 5 + [False] * 3
    assert sampling.takes("ca-2", _after(0.9))
    assert [sampling.takes("ca-1", _after(1.2)) for _ in range(6)] == [True] * 5 + [False]
