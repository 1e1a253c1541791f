"""Anyone can ask about serials of nobody: what that leaves behind is bounded."""

from datetime import timedelta

import pytest

from certctl.services.status.ocsp_unknown import UnknownSerials
from tests.support.clock import Clock
from tests.support.insights.emf import metrics_of


@pytest.fixture(autouse=True)
def responder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "certctl")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "ocsp_responder")
    monkeypatch.setenv("CERTCTL_STACK", "blue")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")


def test_requests_of_one_minute_are_counted_together(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    unknown = UnknownSerials(clock)
    for _ in range(1000):
        unknown.add(2)
    assert [sent.values for sent in metrics_of(capsys.readouterr().out)] == [(2,)]
    clock.advance(timedelta(seconds=60))
    unknown.add(0)
    assert [sent.values for sent in metrics_of(capsys.readouterr().out)] == [(1998,)]


def test_known_serials_leave_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    UnknownSerials(Clock()).add(0)
    assert capsys.readouterr().out == ""
