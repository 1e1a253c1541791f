"""Idempotency-Key, on an API of its own whose handler counts its runs."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from certctl.api.idempotency import Replay
from certctl.api.resolver import Api
from certctl.compose.certificates_api import CertificatesApi
from certctl.compose.rooms.base import Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories
from certctl.domain.access.permissions import Permission, Role
from certctl.domain.errors import Conflict
from certctl.store.idempotency import LEASE
from certctl.unit_of_work.resources import Resource
from tests.support.api.http import Answer, Client
from tests.support.functions.deployed import Deployed


class Thing(BaseModel):
    name: str


class Things:
    """`runs` counts how often a handler got through."""

    def __init__(self, overrides: Overrides) -> None:
        access = CertificatesApi(overrides).access
        self.runs = 0
        self.changes = ChangeFactories(Base(overrides))
        self.failures: list[Exception] = []
        self.api = Api(lambda: access.api_services, lambda: access.edge)
        self.api.post("/things", Permission.CERTIFICATES_WRITE, Replay.ANSWER, status_code=201)(self.create)
        self.api.post("/changes", Permission.CERTIFICATES_WRITE, Replay.ANSWER, status_code=201)(self.change)
        self.api.post("/secrets", Permission.API_KEYS, Replay.REFUSAL, status_code=201)(self.reveal)

    def create(self, body: Thing) -> dict[str, Any]:
        self.runs += 1
        if self.failures:
            raise self.failures.pop()
        return {"name": body.name, "run": self.runs}

    def change(self, body: Thing) -> dict[str, Any]:
        """Commits, and then fails if a failure is left: as a process that is killed before it responds."""
        self.runs += 1
        unit = self.changes.units.begin(self.api.caller.actor, body.name, self.changes.base.now())
        unit.event("team_created", Resource("team", f"t-{self.runs}"), {})
        unit.commit()
        if self.failures:
            raise self.failures.pop()
        return {"run": self.runs}

    def reveal(self, body: Thing) -> dict[str, Any]:
        self.runs += 1
        return {"secret": f"{body.name}-{self.runs}"}


@pytest.fixture
def things(stack: Deployed) -> Things:
    return Things(stack.overrides)


@pytest.fixture
def client(stack: Deployed, things: Things) -> Client:
    return Client(things.api.handle, stack.new_key(Role.ADMIN))


def make(client: Client, name: str = "a", key: str = "once", path: str = "/things") -> Answer:
    return client.post(path, {"name": name}, idempotency_key=key)


def test_a_repeat_gets_the_same_answer_and_runs_nothing(client: Client, things: Things) -> None:
    first, second = make(client), make(client)
    assert (first.status, first.body) == (second.status, second.body) == (201, {"name": "a", "run": 1})
    assert (things.runs, second.headers["Idempotency-Replayed"]) == (1, "true")


def test_another_body_is_422(client: Client, things: Things) -> None:
    make(client)
    assert make(client, name="b").status == 422
    assert things.runs == 1


def test_another_key_caller_or_route_is_another_request(
    stack: Deployed, client: Client, things: Things
) -> None:
    make(client)
    assert make(client, key="twice").body["run"] == 2
    assert make(Client(client.handler, stack.new_key(Role.ADMIN))).body["run"] == 3
    assert make(client, path="/secrets").status == 201


def test_an_answer_that_showed_a_secret_is_not_repeated(client: Client, things: Things) -> None:
    assert make(client, path="/secrets").body == {"secret": "a-1"}
    repeat = make(client, path="/secrets")
    assert (repeat.status, things.runs) == (409, 1)
    assert "a-1" not in repeat.text


def test_a_secret_is_in_no_record(stack: Deployed, client: Client) -> None:
    make(client, path="/secrets")
    rows = stack.database.client.scan(TableName="state")["Items"]
    assert "a-1" not in str(rows)


def test_a_request_that_failed_may_be_repeated(client: Client, things: Things) -> None:
    things.failures.append(Conflict("Not now."))
    assert make(client).status == 409
    assert make(client).status == 201


def test_one_that_was_refused_for_its_form_took_no_key(client: Client, things: Things) -> None:
    assert client.post("/things", {"nam": "a"}, idempotency_key="once").status == 422
    assert make(client).status == 201


def test_one_whose_outcome_is_unknown_is_held_to_be_running(client: Client, things: Things) -> None:
    things.failures.append(RuntimeError("the process is gone"))
    assert make(client).status == 500
    repeat = make(client)
    assert (repeat.status, things.runs) == (409, 1)


def test_what_was_committed_before_its_process_died_is_not_done_again(
    stack: Deployed, client: Client, things: Things
) -> None:
    things.failures.append(RuntimeError("the process is gone"))
    assert make(client, path="/changes").status == 500
    assert "still running" in make(client, path="/changes").text
    stack.clock.advance(LEASE + timedelta(seconds=1))

    repeat = make(client, path="/changes")

    assert (repeat.status, things.runs) == (409, 1)
    assert "committed its change" in repeat.body["detail"]


def test_what_died_before_its_commit_is_done_by_the_repeat(
    stack: Deployed, client: Client, things: Things
) -> None:
    things.failures.append(RuntimeError("the process is gone"))
    assert make(client).status == 500
    stack.clock.advance(LEASE + timedelta(seconds=1))
    assert make(client).status == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "é", "a\nb"])
def test_an_invalid_key_is_422(client: Client, key: str) -> None:
    assert make(client, key=key).status == 422
