"""ETag, If-None-Match and If-Match over HTTP."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.store.channels.records import ChannelRecordStore
from tests.support.access.foreign import MAKERS
from tests.support.agents.fleet import live, store_certificates
from tests.support.api.http import Answer
from tests.support.functions.deployed import Deployed

CERTIFICATE = "/api/v1/certificates/mc-1"


@pytest.fixture
def certificate(stack: Deployed) -> str:
    """The path of a certificate that becomes Expiring in ten days."""
    now = stack.clock()
    store_certificates(stack.database, [live("mc-1", now, now + timedelta(days=40))])
    return CERTIFICATE


def _again(stack: Deployed, path: str, tag: str, folder: str = "certificates_api") -> Answer:
    return stack.admin(folder).send("GET", path, headers={"If-None-Match": tag})


def test_what_has_not_changed_is_304_without_a_body(stack: Deployed, certificate: str) -> None:
    first = stack.admin("certificates_api").get(certificate)
    again = _again(stack, certificate, first.headers["ETag"])
    assert (again.status, again.text) == (304, "")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["X-Request-ID"]
    assert "Content-Type" not in again.headers


def test_a_304_is_audited_as_one(stack: Deployed, certificate: str) -> None:
    _again(stack, certificate, stack.admin("certificates_api").get(certificate).headers["ETag"])
    query = {"resource_type": "api", "resource_id": certificate}
    events = stack.admin("insights_api").get("/api/v1/audit", **query).body["data"]
    assert sorted(event["details"]["status"] for event in events) == [200, 304]


@pytest.mark.parametrize("form", ["{tag}", 'W/{tag}, "other"', '"other", {tag}'])
def test_one_of_several_tags_is_enough(stack: Deployed, certificate: str, form: str) -> None:
    tag = stack.admin("certificates_api").get(certificate).headers["ETag"]
    assert _again(stack, certificate, form.format(tag=tag)).status == 304


@pytest.mark.parametrize("value", ["", "*", '"other"', "garbage", '"'])
def test_anything_else_gets_the_answer(stack: Deployed, certificate: str, value: str) -> None:
    assert _again(stack, certificate, value).status == 200


def test_a_status_that_the_clock_changes_changes_the_tag_and_not_its_revision(
    stack: Deployed, certificate: str
) -> None:
    before = stack.admin("certificates_api").get(certificate)
    stack.clock.advance(timedelta(days=11))
    after = _again(stack, certificate, before.headers["ETag"])
    assert (before.body["status"], after.body["status"]) == ("Active", "Expiring")
    assert before.headers["ETag"].split("-")[0] == after.headers["ETag"].split("-")[0] == '"1'


def test_an_edit_answers_with_the_tag_that_a_read_gives(stack: Deployed, certificate: str) -> None:
    edited = stack.admin("certificates_api").put(certificate, {"environment": "staging"})
    assert edited.headers["ETag"].startswith('"2-')
    assert _again(stack, certificate, edited.headers["ETag"]).status == 304


@pytest.mark.parametrize(
    ("folder", "path"),
    [
        ("certificates_api", "/api/v1/certificates"),
        ("insights_api", "/api/v1/stats/certificates-by-status"),
        ("insights_api", "/api/v1/openapi.json"),
        ("notifications_api", "/api/v1/channels"),
    ],
)
def test_lists_and_numbers_have_tags_too(stack: Deployed, certificate: str, folder: str, path: str) -> None:
    tag = stack.admin(folder).get(path).headers["ETag"]
    assert _again(stack, path, tag, folder).status == 304


def test_a_list_that_grew_is_another_one(stack: Deployed, certificate: str) -> None:
    listed = "/api/v1/certificates"
    tag = stack.admin("certificates_api").get(listed).headers["ETag"]
    now = stack.clock()
    store_certificates(stack.database, [live("mc-2", now, now + timedelta(days=40))])
    assert _again(stack, listed, tag).status == 200


def test_a_tag_opens_nothing_to_another_team(stack: Deployed, certificate: str) -> None:
    tag = stack.admin("certificates_api").get(certificate).headers["ETag"]
    stranger = stack.client("certificates_api", stack.new_key(Role.VIEWER, ["t-other"]))
    assert stranger.send("GET", certificate, headers={"If-None-Match": tag}).status == 404


def test_refusals_and_answers_for_anyone_have_no_tag(stack: Deployed) -> None:
    assert "ETag" not in stack.admin("certificates_api").get(CERTIFICATE).headers
    assert "ETag" not in stack.client("public_api").get("/health").headers


def test_what_is_kept_is_asked_for_again_with_the_callers_own_key(stack: Deployed, certificate: str) -> None:
    headers = stack.admin("certificates_api").get(certificate).headers
    assert (headers["Cache-Control"], headers["Vary"]) == ("private, no-cache", "Authorization, Cookie")


def _edited(stack: Deployed, channel_id: str, tag: str) -> Any:
    body = '{"settings": {"url": "certctl/blue/channels/foreign"}, "enabled": false}'
    path = f"/api/v1/channels/{channel_id}"
    return stack.admin("notifications_api").send("PUT", path, body, headers={"If-Match": tag})


def test_an_edit_with_if_match_is_refused_once_the_record_is_another(stack: Deployed) -> None:
    channel_id = MAKERS["channel_id"](stack)
    read = stack.admin("notifications_api").get(f"/api/v1/channels/{channel_id}")
    assert _edited(stack, channel_id, read.headers["ETag"]).status == 200
    assert _edited(stack, channel_id, read.headers["ETag"]).status == 409
    assert _edited(stack, channel_id, '"2"').status == 200
    assert _edited(stack, channel_id, "*").status == 200
    record = ChannelRecordStore(stack.database).get(channel_id)
    assert record is not None
    assert record.revision == 4


def test_if_match_of_no_form_is_refused(stack: Deployed) -> None:
    answer = _edited(stack, MAKERS["channel_id"](stack), "2")
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == "header.If-Match"
