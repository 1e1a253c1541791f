"""An agent that lies: bounded time, nothing that is rendered as markup, no reach beyond its own endpoints."""

from base64 import b64encode
from time import process_time
from typing import Any

import pytest
from cryptography.x509 import Certificate

from tests.support.agents.agents import AgentsByHttp
from tests.support.agents.probing import ENDPOINTS, ProbedByAgents
from tests.support.inventory.made import Maker
from tests.support.served.private_pki import ders, root

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

LEAF = b64encode(Maker().leaf("www.example.com")).decode()
_BOMBS = {
    "nothing": b"",
    "nested without end": b"\x30\x80" * 30_000,
    "a length of 4 GiB": b"\x30\x84\xff\xff\xff\xff" + bytes(60_000),
    "garbage": b"\xff" * 65_000,
}
_LONGEST = 20
"""Seconds of processor time on a busy machine."""


def texts(*certificates: Certificate) -> list[str]:
    return [b64encode(each).decode() for each in ders(*certificates)]


@pytest.fixture
def probed(agents: AgentsByHttp) -> ProbedByAgents:
    return ProbedByAgents(agents)


@pytest.mark.parametrize("bomb", _BOMBS)
def test_a_bomb_is_no_certificate(probed: ProbedByAgents, bomb: str) -> None:
    agent = probed.agents.enrolled()
    endpoint_id, text = probed.endpoint(agent), b64encode(_BOMBS[bomb]).decode()
    began = process_time()

    answer = probed.poll(agent, endpoint_id, [text], [LEAF, text])

    assert process_time() - began < _LONGEST
    assert answer.status == 200
    assert len(probed.shown(endpoint_id)[0]["fingerprints"]) == 1


def test_a_chain_of_a_thousand_is_refused(probed: ProbedByAgents) -> None:
    agent = probed.agents.enrolled()
    endpoint_id = probed.endpoint(agent)

    answer = probed.poll(agent, endpoint_id, [LEAF] * 1000)

    assert answer.status == 422
    assert probed.shown(endpoint_id) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"address": "<img src=x>"},
        {"address": "10.0.0.7\x1b[2J"},
        {"address": "\u202e10.0.0.7"},
        {"version": "<b>TLS</b>"},
        {"version": "TLS\x1b[2J"},
    ],
)
def test_an_address_or_a_version_that_is_markup_is_refused(
    probed: ProbedByAgents, fields: dict[str, Any]
) -> None:
    agent = probed.agents.enrolled()
    endpoint_id = probed.endpoint(agent)
    handshake = {"offer": "default", "version": fields.get("version", "TLSv1.3"), "chain": [LEAF]}
    address = {"address": fields.get("address", "10.0.0.7"), "handshakes": [handshake]}

    answer = agent.poll_for_probes(probed.report(endpoint_id, addresses=[address]))

    assert answer.status == 422
    assert probed.shown(endpoint_id) == []


def test_a_report_of_anothers_endpoint_changes_nothing(probed: ProbedByAgents) -> None:
    agent, liar = probed.agents.enrolled(), probed.agents.enrolled(hostname="web-2.example.com")
    endpoint_id = probed.endpoint(agent)
    own = probed.endpoint(liar, "10.0.0.8")

    answer = liar.poll_for_probes(probed.showing(endpoint_id, [LEAF]), probed.showing("ep-none", [LEAF]))

    assert [each["endpoint_id"] for each in answer.body["probes"]] == [own]
    assert probed.shown(endpoint_id) == []


def test_a_lie_changes_no_team_owner_or_expectation(probed: ProbedByAgents) -> None:
    agent = probed.agents.enrolled()
    endpoint_id = probed.endpoint(agent)
    before = probed.api.get(f"{ENDPOINTS}/{endpoint_id}").body

    probed.poll(agent, endpoint_id, [LEAF])

    after = probed.api.get(f"{ENDPOINTS}/{endpoint_id}").body
    told = {"showing", "findings", "changed_at"}
    assert {k: v for k, v in after.items() if k not in told} == {
        k: v for k, v in before.items() if k not in told
    }


def test_many_chains_of_many_issuers_take_bounded_time(probed: ProbedByAgents) -> None:
    """Twenty reports of eight addresses, each with another chain in which every name has many keys."""
    agent, stranger = probed.agents.enrolled(), root("Loop")
    endpoint_id = probed.endpoint(agent)
    issuers = [
        b64encode(each).decode() for _ in range(9) for each in ders(stranger.issuer("Loop").certificate)
    ]
    leaves = [b64encode(each).decode() for _ in range(160) for each in ders(stranger.issue())]
    reports = [
        probed.report(
            endpoint_id,
            addresses=[
                {
                    "address": f"10.0.{number}.{n}",
                    "handshakes": [{"offer": "default", "chain": [leaves[8 * number + n], *issuers]}],
                }
                for n in range(8)
            ],
        )
        for number in range(20)
    ]
    began = process_time()

    answer = agent.poll_for_probes(*reports)

    assert answer.status == 200
    assert process_time() - began < _LONGEST
