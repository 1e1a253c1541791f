"""A new local stack issues from the start, and its certificates name the OCSP URL."""

import json
from dataclasses import replace

import pytest

from local.emulator.account import Account, new_root_key
from local.emulator.state import Memory
from local.stack.deploy import Stack
from local.stack.ocsp_urls import with_ocsp_urls
from tests.support.channels.receivers import Receiver, answers

MEMORY = Memory(pki_host="127.0.0.1:8080", emulator_port=8081)
STACK = Stack("api", "ocsp", "acme", "dist", "secret", {"stack_admin": "stack-admin"}, {}, {}, {}, {})


def upkeep(*waiting: str, closed: tuple[str, ...] = ()) -> bytes:
    return json.dumps({"ocsp_waiting": waiting, "waiting": closed}).encode()


def started(emulator: Receiver, memory: Memory = MEMORY, patience: float = 60) -> Memory:
    account = Account(emulator.url(""), new_root_key())
    return with_ocsp_urls(memory, STACK, account, patience, pause=0)


def test_it_is_asked_again_while_a_cold_responder_is_late() -> None:
    with Receiver(answers(200, upkeep("too late")), answers(200, upkeep())).running() as emulator:
        assert started(emulator) == replace(MEMORY, kept_up=True)
        assert [json.loads(each.body) for each in emulator.received] == [{"action": "upkeep"}] * 2


def test_it_is_asked_again_while_the_ca_issues_nothing() -> None:
    replies = answers(200, upkeep(closed=("no answer",))), answers(200, upkeep())
    with Receiver(*replies).running() as emulator:
        assert started(emulator) == replace(MEMORY, kept_up=True)


def test_a_stack_that_has_it_is_not_asked() -> None:
    with Receiver().running() as emulator:
        has = replace(MEMORY, kept_up=True)
        assert started(emulator, has) == has
        assert emulator.received == []


def test_after_a_while_it_is_left_to_the_hourly_run(capsys: pytest.CaptureFixture[str]) -> None:
    with Receiver(answers(200, upkeep("no such host"))).running() as emulator:
        assert started(emulator, patience=-1) == MEMORY
    assert "no such host" in capsys.readouterr().out
