"""status_watch with the permissions of its template: what a PKI host really served, every five minutes."""

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from certctl.crypto.pem import certificate_der, load_certificate
from certctl.crypto.serials import new_serial
from certctl.crypto.status.ocsp_certificates import responder_certificate
from certctl.crypto.status.ocsp_keys import new_responder_key, private_key_der, responder_of
from certctl.crypto.status.ocsp_requests import parse_ocsp_request
from certctl.crypto.status.ocsp_responses import (
    OcspError,
    Responder,
    SingleAnswer,
    build_response,
    error_response,
)
from certctl.domain.authorities.authorities import (
    CRL_LATE_WITH,
    CRL_VALIDITY,
    ROOT_CRL_LATE_WITH,
    ROOT_CRL_VALIDITY,
    Authority,
    CrlShard,
)
from certctl.domain.authorities.key_specs import KeyFamily
from certctl.domain.insights.margins import SERVED
from certctl.domain.status.ocsp import ROOT_RESPONDER_LATE_WITH, ROOT_RESPONDER_VALIDITY
from certctl.domain.status.served import BEHIND, FELL
from certctl.services.status.watching.served_watch import ServedWatch
from certctl.store.authorities.items import AuthorityItem
from certctl.store.keys import AUTHORITY, crl_shards
from certctl.store.status.served_log import ServedLog
from certctl.store.writes import update
from tests.integration.authorities.watch.conftest import Watching
from tests.support.authorities.pki import HOST
from tests.support.insights.emf import metrics_of

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

_FIVE_MINUTES = 300


@pytest.fixture
def measured(watching: Watching, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the schedule after so many seconds; the margin."""

    def run(seconds: float = _FIVE_MINUTES) -> float:
        watching.after(seconds)
        capsys.readouterr()
        watching.host.requests.clear()
        watching.look_at_all()
        (sent,) = [s for s in metrics_of(capsys.readouterr().out) if s.name == SERVED]
        return sent.values[0]

    return run


def _root(watching: Watching) -> Authority:
    return next(each for each in watching.responding.pki.authorities.all() if each.role == "root")


def _shard(watching: Watching) -> CrlShard:
    found = watching.responding.pki.authorities.shard(watching.responding.authority.ca_id, "0")
    assert found
    return found


def _path(watching: Watching) -> str:
    return f"/pki/{watching.responding.authority.ca_id}/0.crl"


def _body(watching: Watching, path: str) -> bytes:
    found = watching.responding.pki.s3.get_object(Bucket="pki-objects", Key=path.lstrip("/"))
    body: bytes = found["Body"].read()
    return body


def _fault(watching: Watching, name: str = "0") -> str | None:
    known = ServedLog(watching.responding.pki.database).all()
    return known[watching.responding.authority.ca_id][name].fault


def test_every_url_that_certificates_name_gets_a_head_and_the_responder_a_question(
    watching: Watching, measured: Any
) -> None:
    margin = measured()
    issuing, root = watching.responding.authority.ca_id, _root(watching).ca_id
    heads = sorted(each for each in watching.host.requests if each.startswith("HEAD"))
    files = [f"{issuing}.crt", f"{issuing}/0.crl", f"{issuing}/all.crl", f"{root}.crl", f"{root}.crt"]
    assert heads == sorted(f"HEAD /pki/{file} 200" for file in files)
    (question,) = [each for each in watching.host.requests if each.startswith("GET")]
    assert question.startswith(f"GET /ocsp/{issuing}/")
    whole = ROOT_CRL_VALIDITY / ROOT_CRL_LATE_WITH, CRL_VALIDITY / CRL_LATE_WITH
    assert 1 < margin <= min(whole)


def test_between_two_looks_each_run_measures_without_asking(watching: Watching, measured: Any) -> None:
    first = measured()
    second = measured(60)
    assert watching.host.requests == []
    minute = timedelta(minutes=1) / CRL_LATE_WITH
    assert second == pytest.approx(first - minute, abs=0.0002)


def test_a_crl_that_changed_is_fetched_and_no_other_file(watching: Watching, measured: Any) -> None:
    watching.revoke()
    watching.check()
    watching.responding.publish()
    measured()
    fetched = {each for each in watching.host.requests if each.startswith("GET /pki/")}
    assert {each.split()[1].rpartition("/")[2] for each in fetched} <= {"0.crl", "all.crl"}
    assert f"GET {_path(watching)} 200" in fetched
    assert _fault(watching) is None


def test_a_crl_that_is_not_served_uses_up_the_margin_once_it_lasts_and_is_looked_at_each_minute(
    watching: Watching, measured: Any
) -> None:
    watching.host.instead[_path(watching)] = (404, {}, b"")
    assert measured() > 1
    assert measured(60) > 1
    assert watching.host.requests == [f"HEAD {_path(watching)} 404"]
    assert measured(_FIVE_MINUTES) < 1
    watching.host.instead.clear()
    assert measured(60) > 1


def test_a_crl_that_another_ca_signed_uses_up_the_margin(watching: Watching, measured: Any) -> None:
    forged = _body(watching, f"/pki/{_root(watching).ca_id}.crl")
    watching.host.instead[_path(watching)] = (200, {"etag": '"forged"'}, forged)
    measured()
    assert measured(_FIVE_MINUTES + 1) < 1


def test_the_certificate_of_another_ca_uses_up_the_margin(watching: Watching, measured: Any) -> None:
    path = f"/pki/{watching.responding.authority.ca_id}.crt"
    other = _body(watching, f"/pki/{_root(watching).ca_id}.crt")
    watching.host.instead[path] = (200, {"etag": '"other"'}, other)
    measured()
    assert measured(_FIVE_MINUTES + 1) < 1


def test_a_crl_that_stays_behind_its_record_is_wrong_after_what_an_edge_may_keep(
    watching: Watching, measured: Any
) -> None:
    watching.host.instead[_path(watching)] = (
        200,
        {"etag": _shard(watching).etag},
        _body(watching, _path(watching)),
    )
    watching.revoke()
    watching.after(_FIVE_MINUTES - 30)
    watching.responding.publish()
    measured(30)
    assert _fault(watching) is None
    measured(_FIVE_MINUTES)
    assert _fault(watching) == BEHIND


def test_a_number_that_fell_is_wrong_until_it_has_risen(watching: Watching, measured: Any) -> None:
    old = _body(watching, _path(watching))
    watching.revoke()
    watching.responding.publish()
    measured()
    assert _fault(watching) is None
    watching.host.instead[_path(watching)] = (200, {"etag": '"old"'}, old)
    measured()
    assert _fault(watching) == FELL
    watching.host.instead.clear()
    measured(60)
    assert _fault(watching) is None


def test_a_responder_that_does_not_answer_uses_up_the_margin_until_it_does(
    watching: Watching, measured: Any
) -> None:
    real = watching.host.ocsp
    watching.host.ocsp = lambda path: error_response(OcspError.TRY_LATER)
    try:
        assert measured() > 1
        assert measured(_FIVE_MINUTES + 1) < 1
    finally:
        watching.host.ocsp = real
    assert measured(60) > 1


def test_while_no_certificate_names_a_responder_there_is_no_failure(
    watching: Watching, measured: Any
) -> None:
    authority = watching.responding.authority
    key = AuthorityItem(AUTHORITY, authority.ca_id)
    database = watching.responding.pki.database
    database.write(update(key, [AuthorityItem.ocsp_url.remove()], AuthorityItem.id.exists()))
    try:
        margin = measured()
    finally:
        watching.with_responder()
    assert [each for each in watching.host.requests if "/ocsp/" in each] == []
    assert margin > 1


@pytest.fixture
def root_responder(watching: Watching) -> Iterator[Callable[[timedelta], None]]:
    """The root's certificates name one; the argument is how long its certificate is still
    valid at the look in five minutes."""
    root, real = _root(watching), watching.host.ocsp
    key = AuthorityItem(AUTHORITY, root.ca_id)
    database = watching.responding.pki.database
    url = AuthorityItem.ocsp_url.set(f"http://{HOST}/ocsp/{root.ca_id}")
    database.write(update(key, [url], AuthorityItem.id.exists()))

    def answers(left: timedelta) -> None:
        signer = _signer(watching, root, left)
        watching.host.ocsp = lambda path: (
            _good(watching, signer, path) if f"/{root.ca_id}/" in path else real(path)
        )

    yield answers
    database.write(update(key, [AuthorityItem.ocsp_url.remove()], AuthorityItem.id.exists()))


def _signer(watching: Watching, root: Authority, left: timedelta) -> Responder:
    pki = watching.responding.pki
    now, key = pki.clock(), new_responder_key(KeyFamily.ECDSA)
    certificate = responder_certificate(
        f"OCSP responder of {root.ca_id}",
        key.public_key(),
        load_certificate(root.certificate_pem),
        pki.keys[root.key_arn],
        new_serial(),
        now - timedelta(hours=1),
        now + timedelta(seconds=_FIVE_MINUTES) + left,
    )
    return responder_of(certificate_der(certificate), private_key_der(key))


def _good(watching: Watching, signer: Responder, path: str) -> bytes:
    asked = parse_ocsp_request(base64.b64decode(unquote(path.rpartition("/")[2])))
    singles = [SingleAnswer(each.der, is_issued=True) for each in asked.certificates]
    now = watching.responding.pki.clock()
    return build_response(signer, singles, now, now + timedelta(hours=1), None)


def test_the_certificate_of_the_root_s_responder_has_a_limit_of_its_own(
    watching: Watching, measured: Any, root_responder: Callable[[timedelta], None]
) -> None:
    root_responder(ROOT_RESPONDER_LATE_WITH + timedelta(hours=1))
    assert measured() > 1
    root_responder(ROOT_RESPONDER_LATE_WITH - timedelta(hours=1))
    assert 0.98 < measured() < 1


def test_a_root_s_responder_that_does_not_answer_uses_up_the_margin(
    watching: Watching, measured: Any, root_responder: Callable[[timedelta], None]
) -> None:
    root_responder(ROOT_RESPONDER_VALIDITY)
    assert measured() > 1
    answers = watching.host.ocsp
    root = _root(watching).ca_id
    refusal = error_response(OcspError.INTERNAL_ERROR)
    watching.host.ocsp = lambda path: refusal if f"/{root}/" in path else answers(path)
    measured()
    assert measured(_FIVE_MINUTES + 1) < 1


def test_the_question_is_about_the_certificate_of_the_responder_and_follows_its_renewal(
    watching: Watching, measured: Any
) -> None:
    measured()
    known = ServedLog(watching.responding.pki.database).all()[watching.responding.authority.ca_id]
    watching.after(timedelta(hours=25).total_seconds())
    watching.responding.publish()
    margin = measured(_FIVE_MINUTES)
    renewed = ServedLog(watching.responding.pki.database).all()[watching.responding.authority.ca_id]
    assert margin > 1
    assert renewed["ocsp"].serial != known["ocsp"].serial


def test_a_run_without_time_leaves_the_rest_to_the_next_which_begins_with_the_oldest(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching.after(_FIVE_MINUTES)
    began = watching.responding.pki.clock()
    with monkeypatch.context() as patch:
        real = ServedWatch._look_at

        def slowly(self: Any, due: Any, until: Any) -> Any:
            urls = type(self.urls)
            look = urls.look

            def one(urls: Any, each: Any, head: Any) -> Any:
                watching.after(1)
                return look(urls, each, head)

            patch.setattr(urls, "look", one)
            return real(self, due, began + timedelta(seconds=2))

        patch.setattr(ServedWatch, "_look_at", slowly)
        watching.look_at_all()
    known = ServedLog(watching.responding.pki.database).all()
    seen = [each.looked_at >= began for urls in known.values() for each in urls.values()]
    assert seen.count(True) == 2
    watching.host.requests.clear()
    watching.look_at_all()
    assert len(watching.host.requests) == seen.count(False)


def test_a_url_that_was_not_looked_at_for_ten_minutes_uses_up_the_margin(
    watching: Watching, measured: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(ServedWatch, "_look_at", lambda *_: {})
        assert measured(_FIVE_MINUTES) > 1
        assert measured(2 * _FIVE_MINUTES) == 0
    assert measured(0) > 1


def test_shards_that_are_being_added_are_not_looked_at(watching: Watching, measured: Any) -> None:
    ca_id = watching.responding.authority.ca_id
    added = CrlShard(ca_id, "1", _shard(watching).url.replace("/0.crl", "/1.crl"), open=False)
    database = watching.responding.pki.database
    watching.responding.pki.authorities.add_shards([added])
    try:
        measured()
    finally:
        database.client.delete_item(
            TableName="state", Key={"kind": {"S": crl_shards(ca_id)}, "id": {"S": "1"}}
        )
    assert not [each for each in watching.host.requests if "/1.crl" in each]
