"""A campaign where an agent makes the keys: nobody has to do anything by hand."""

import json

import pytest

from certctl.compose.certificates_api import CertificatesApi
from certctl.domain.revocation.campaign_items import HANDSHAKE
from certctl.domain.revocation.campaign_requests import CampaignSelection, NewCampaign
from certctl.domain.revocation.campaigns import Campaign, CampaignStopped
from certctl.domain.revocation.states import CampaignState, ItemState
from certctl.services.revocation.campaigns import Campaigns
from certctl.store.revocation.campaign_asks import CampaignAskStore
from certctl.store.revocation.campaign_stops import not_stopped_step
from certctl.store.revocation.campaigns import CampaignStore
from functions.signing_worker.app import lambda_handler as signing_worker
from tests.support.agents.agents import AgentByHttp, AgentsByHttp
from tests.support.functions.control_plane import ADMIN
from tests.support.functions.lambda_context import Context


def campaigns_of(agents: AgentsByHttp) -> Campaigns:
    stack = agents.world.stack
    return stack.privileges.within("certificates_api", CertificatesApi(stack.overrides).campaigns)


def looked(agents: AgentsByHttp, campaign: Campaign) -> Campaign:
    """After the next turn of its worker, which is when its wait ends."""
    stack, service = agents.world.stack, campaigns_of(agents)
    stack.clock.advance(service.get(campaign.id).wait(stack.clock()))
    record = {"messageId": "1", "body": json.dumps({"id": campaign.job_id, "epoch": 0})}
    worker = stack.privileges.of("signing_worker", signing_worker)
    assert worker({"Records": [record]}, Context()) == {"batchItemFailures": []}
    return service.get(campaign.id)


def serving(agents: AgentsByHttp) -> tuple[AgentByHttp, str, str]:
    """An agent, a certificate that it has deployed, and its serial number."""
    agent = agents.enrolled()
    issued = agents.issued(agent, agents.target(agent))
    (work,) = agent.work()
    agent.deployed(work)
    return agent, issued["id"], issued["serial_number"]


def of_agent(agents: AgentsByHttp, agent: AgentByHttp) -> Campaign:
    wanted = NewCampaign(CampaignSelection(agent_id=agent.id), "keyCompromise", confirm=1)
    campaign = campaigns_of(agents).start(ADMIN, wanted)
    agents.world.work()
    return campaigns_of(agents).get(campaign.id)


def test_the_certificates_of_an_agent_are_replaced_verified_by_handshakes_and_revoked(
    agents: AgentsByHttp,
) -> None:
    agent, certificate_id, serial = serving(agents)
    campaign = of_agent(agents, agent)
    agents.given(agent, certificate_id)
    assert looked(agents, campaign).counts == {ItemState.ISSUED: 1}
    (work,) = agent.work()
    agent.deployed(work)

    done = looked(agents, campaign)

    assert (done.state, done.counts) == (CampaignState.COMPLETED, {ItemState.REVOKED: 1})
    store = CampaignStore(agents.world.stack.database)
    (item,) = store.items_after(campaign.id, "", 10)
    assert (item.old_serials, item.verified_by) == ((serial,), HANDSHAKE)
    assert agents.world.read(certificate_id)["status"] == "Active"


def test_no_owner_is_alerted_if_an_agent_makes_the_key(agents: AgentsByHttp) -> None:
    agent, _, _ = serving(agents)
    campaign = of_agent(agents, agent)
    assert campaign.counts == {ItemState.REKEYING: 1}
    assert CampaignAskStore(agents.world.stack.database).first(campaign.id, 1) == []


def test_nothing_is_revoked_if_the_deployment_fails(agents: AgentsByHttp) -> None:
    agent, certificate_id, _ = serving(agents)
    campaign = of_agent(agents, agent)
    agents.given(agent, certificate_id)
    (work,) = agent.work()
    assert agent.failed(work, rolled_back=False, untouched=True).status == 200

    failed = looked(agents, campaign)

    assert (failed.state, failed.counts) == (CampaignState.COMPLETED, {ItemState.FAILED: 1})
    (item,) = CampaignStore(agents.world.stack.database).items_after(campaign.id, "", 10)
    assert "nginx: test failed" in str(item.error)


def test_nothing_is_deployed_for_a_campaign_that_was_paused(agents: AgentsByHttp) -> None:
    agent, certificate_id, _ = serving(agents)
    campaign, service = of_agent(agents, agent), campaigns_of(agents)
    requests = CertificatesApi(agents.world.stack.overrides).deployment_requests
    only_if = [not_stopped_step(campaign, certificate_id)]

    service.pause(ADMIN, campaign.id)
    with pytest.raises(CampaignStopped):
        requests.deploy(ADMIN, certificate_id, None, only_if)

    service.resume(ADMIN, campaign.id)
    (job,) = requests.deploy(ADMIN, certificate_id, None, only_if)
    assert job.certificate_id == certificate_id
