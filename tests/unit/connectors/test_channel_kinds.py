"""Every kind of channel is in each list of kinds: none can be forgotten."""

import pytest

from certctl.connectors.notifiers import FACTORIES
from certctl.domain.channels.kinds.definitions import ChannelDefinition, options_of
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.channels.settings import form_problems
from certctl.domain.kinds import ChannelKind, Setting
from tests.support.channels.kinds_document import DOCUMENT, rendered
from tests.support.template import ROOT


def test_each_kind_has_a_definition() -> None:
    assert sorted(str(definition.kind) for definition in CHANNEL_KINDS) == sorted(ChannelKind)


def test_each_kind_has_a_notifier() -> None:
    assert FACTORIES.keys() == set(ChannelKind)


@pytest.mark.parametrize("kind", ChannelKind)
def test_each_kind_has_settings(kind: ChannelKind) -> None:
    given = {"colour": "red"}
    problems = form_problems(CHANNEL_KINDS.of(kind), given, "blue")
    (problem,) = (p for p in problems if p.field == "settings.colour")
    assert f"a {kind} channel has these settings: " in problem.message


@pytest.mark.parametrize("kind", ChannelKind)
def test_each_kind_has_a_page_to_which_docs_leads(kind: ChannelKind) -> None:
    page = (ROOT / "docs" / "channels" / f"{kind.lower()}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {kind}\n")


def test_the_dashboard_s_tests_draw_the_forms_of_these_kinds() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == rendered()


def test_an_alert_about_a_channel_goes_first_to_what_wakes_somebody_then_where_people_talk() -> None:
    ranked = sorted(CHANNEL_KINDS, key=lambda definition: definition.alert_rank)
    kinds = [definition.kind for definition in ranked]
    wakes = [definition.opens_incidents for definition in ranked]
    assert wakes == sorted(wakes, reverse=True)
    talking = [ChannelKind.SLACK, ChannelKind.TEAMS, ChannelKind.EMAIL, ChannelKind.EVENTBRIDGE]
    assert [kind for kind in kinds if kind in talking] == talking
    assert len({definition.alert_rank for definition in CHANNEL_KINDS}) == len(ranked)


def test_a_definition_without_an_alert_rank_is_none() -> None:
    with pytest.raises(TypeError, match="alert_rank"):
        ChannelDefinition("Carrier", {})  # type: ignore[call-arg]  # what must not pass


@pytest.mark.parametrize("takes_url", [False, True])
def test_a_secret_without_a_destination_is_none(takes_url: bool) -> None:
    token = Setting(label="Token", reference_of="channels", takes_url=takes_url)

    with pytest.raises(ValueError, match="who gets the secret Token"):
        ChannelDefinition("Carrier", {"token": token}, alert_rank=1)


def test_an_option_that_is_neither_required_nor_has_a_default_is_none() -> None:
    pace = Setting(label="Pace", options=options_of("walk", "fly"))

    with pytest.raises(ValueError, match="what is Pace while none is set"):
        ChannelDefinition("Carrier", {"pace": pace}, alert_rank=1)


def test_a_channel_of_a_kind_that_only_a_newer_release_knows_comes_last() -> None:
    unknown = CHANNEL_KINDS.of("Carrier")
    assert unknown.alert_rank > max(definition.alert_rank for definition in CHANNEL_KINDS)
    assert not unknown.settings
