"""Publishers that run concurrently, and that stop between two writes. Each test runs a
second publisher completely at one point of the first, through the object store that they share."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from certctl.connectors.aws.objects import Objects, StoredObject
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import inspect_crl
from certctl.domain.authorities.authorities import Authority, object_key
from certctl.domain.errors import Conflict, Unavailable
from tests.support.authorities.pki import BUCKET, Pki

Action = Callable[[], object]


class Interrupted:
    """Objects that run `before_*` and `after_*` around the first call of that kind."""

    def __init__(self, real: Objects, **hooks: Action) -> None:
        self._real = real
        self._hooks = hooks

    def _run(self, name: str) -> None:
        hook = self._hooks.pop(name, None)
        if hook:
            hook()

    def get(self, key: str) -> StoredObject | None:
        self._run("before_get")
        answer = self._real.get(key)
        self._run("after_get")
        return answer

    def etag(self, key: str) -> str | None:
        return self._real.etag(key)

    def put(self, key: str, body: bytes, content_type: str, cache_control: str, if_match: str | None) -> str:
        self._run("before_put")
        answer = self._real.put(key, body, content_type, cache_control, if_match)
        self._run("after_put")
        return answer


@pytest.fixture
def issuing(pki: Pki) -> Authority:
    return pki.authority().initialize().issuing


def _history(pki: Pki, authority: Authority) -> list[tuple[int, frozenset[str]]]:
    """(number, serials) of every CRL of shard 0 that was ever published, oldest first."""
    key = object_key(authority.crl_url)
    certificate = load_certificate(authority.certificate_pem)
    versions = pki.s3.list_object_versions(Bucket=BUCKET, Prefix=key)["Versions"]
    bodies = [
        pki.s3.get_object(Bucket=BUCKET, Key=key, VersionId=v["VersionId"])["Body"].read()
        for v in reversed(versions)
    ]
    return [(s.number, s.serials) for s in (inspect_crl(body, certificate) for body in bodies)]


def _publish(pki: Pki, authority: Authority, objects: object = None) -> None:
    publication = pki.publication(objects)  # type: ignore[arg-type]  # the same three methods
    publication.publish_if_due(authority, "0")


@pytest.mark.parametrize("point", ["before_get", "after_get", "before_put", "after_put"])
def test_numbers_rise_and_no_revocation_is_lost_wherever_another_publisher_runs(
    pki: Pki, issuing: Authority, point: str
) -> None:
    def other() -> None:
        pki.revoke(issuing, "0a02")
        _publish(pki, issuing)

    pki.revoke(issuing, "0a01")
    _publish(pki, issuing, Interrupted(pki.objects, **{point: other}))
    _publish(pki, issuing)

    history = _history(pki, issuing)
    numbers = [number for number, _ in history]
    assert numbers == sorted(set(numbers))
    assert history[-1][1] == {"0a01", "0a02"}
    for (_, older), (_, newer) in pairwise(history):
        assert older <= newer


@pytest.mark.parametrize("point", ["before_get", "after_get", "before_put", "after_put"])
def test_the_record_ends_at_the_newest_crl_and_the_next_run_has_nothing_to_do(
    pki: Pki, issuing: Authority, point: str
) -> None:
    pki.revoke(issuing, "0a01")
    other: Action = lambda: pki.publication().publish_now(issuing, "0")  # noqa: E731  # a hook of one line
    _publish(pki, issuing, Interrupted(pki.objects, **{point: other}))

    record = pki.authorities.shard(issuing.ca_id, "0")
    assert record
    assert record.crl_number == _history(pki, issuing)[-1][0]
    assert record.etag == pki.objects.etag(object_key(issuing.crl_url))
    assert pki.publication().publish_if_due(issuing, "0") is None


@pytest.mark.parametrize("point", ["before_get", "after_get", "before_put", "after_put"])
def test_a_revocation_during_a_run_is_in_the_next_crl(pki: Pki, issuing: Authority, point: str) -> None:
    pki.revoke(issuing, "0a01")
    _publish(pki, issuing, Interrupted(pki.objects, **{point: lambda: pki.revoke(issuing, "0a02")}))
    _publish(pki, issuing)
    assert _history(pki, issuing)[-1][1] == {"0a01", "0a02"}


@pytest.mark.parametrize("point", ["before_get", "after_get", "before_put", "after_put"])
def test_a_run_that_dies_anywhere_is_healed_by_the_next(pki: Pki, issuing: Authority, point: str) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    pki.revoke(issuing, "0a01")
    with pytest.raises(KeyboardInterrupt):
        _publish(pki, issuing, Interrupted(pki.objects, **{point: die}))
    _publish(pki, issuing)

    numbers = [number for number, _ in _history(pki, issuing)]
    assert numbers == sorted(set(numbers))
    assert _history(pki, issuing)[-1][1] == {"0a01"}
    record = pki.authorities.shard(issuing.ca_id, "0")
    assert record
    assert record.crl_number == numbers[-1]


def test_a_crash_after_the_put_heals_where_only_the_clock_made_it_due(pki: Pki, issuing: Authority) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    pki.clock.advance(timedelta(hours=18))
    with pytest.raises(KeyboardInterrupt):
        _publish(pki, issuing, Interrupted(pki.objects, after_put=die))
    _publish(pki, issuing)
    assert [number for number, _ in _history(pki, issuing)] == [1, 2, 3]
    assert pki.publication().publish_if_due(issuing, "0") is None


def test_a_put_that_succeeded_without_an_answer_is_not_taken_for_a_failure_for_ever(
    pki: Pki, issuing: Authority
) -> None:
    """The client repeats the put; S3 refuses it, since the ETag is that of our own first put."""

    class Forgetful(Interrupted):
        def put(self, key: str, body: bytes, *rest: object) -> str:
            if self._hooks.pop("lose_the_answer", None):
                self._real.put(key, body, *rest)  # type: ignore[arg-type]  # passed on as they came
            return self._real.put(key, body, *rest)  # type: ignore[arg-type]  # passed on as they came

    pki.revoke(issuing, "0a01")
    _publish(pki, issuing, Forgetful(pki.objects, lose_the_answer=lambda: None))
    assert _history(pki, issuing)[-1][1] == {"0a01"}
    assert pki.publication().publish_if_due(issuing, "0") is None


def test_a_publisher_that_lost_accepts_a_crl_with_all_its_revocations(pki: Pki, issuing: Authority) -> None:
    def other() -> None:
        pki.publication().publish_now(issuing, "0")
        pki.revoke(issuing, "0a02")

    pki.revoke(issuing, "0a01")
    objects: Any = Interrupted(pki.objects, before_put=other)
    assert pki.publication(objects).publish_if_due(issuing, "0") is None
    # 2 was announced by the one that lost
    assert _history(pki, issuing)[1:] == [(3, frozenset({"0a01"}))]


def test_a_publisher_that_always_loses_gives_up_with_an_error(pki: Pki, issuing: Authority) -> None:
    class Losing(Interrupted):
        def put(self, key: str, body: bytes, *rest: object) -> str:
            raise Conflict("another was first")

    pki.revoke(issuing, "0a01")
    with pytest.raises(Unavailable):
        _publish(pki, issuing, Losing(pki.objects))
