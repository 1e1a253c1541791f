"""Where an alert would go, and why: a preview decides as the routing of real alerts does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.notifications.mutes import Mute
from certctl.domain.notifications.previews import RoutingPreview, Unusable, preview
from certctl.domain.notifications.routing import Route, RouteVerdict, RoutingFacts, Topic, channels_for
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.notifications.subjects import WHOLE_STACK, AlertSubject
from tests.unit.notifications.test_channels_of_an_alert import NOW, SHOP, channel, rules, to

CRITICAL = Topic(NotificationType.RENEWAL_FAILURE, Severity.CRITICAL)


def previewed(facts: RoutingFacts, topic: Topic = CRITICAL) -> RoutingPreview:
    return preview(topic, SHOP, facts, NOW)


def test_each_route_is_listed_up_to_the_one_that_takes_the_alert() -> None:
    facts = RoutingFacts(
        CHANNEL_KINDS,
        [channel("ops"), channel("off", is_enabled=False)],
        rules(
            owner=[to("ops", severities="info"), to("off")],
            team=[to("ops")],
            stack=[to("ops")],
        ),
    )
    found = previewed(facts)
    assert [(each.rule_id, each.number, each.verdict) for each in found.routes] == [
        ("owner:o-ann", 1, RouteVerdict.OTHER_ALERTS),
        ("owner:o-ann", 2, RouteVerdict.NO_USABLE_CHANNEL),
        ("team:t-web", 1, RouteVerdict.TAKEN),
    ]
    assert [ref.id for ref in found.channels] == ["ops"]
    assert not found.is_by_default


def test_a_channel_that_is_left_out_has_its_reason() -> None:
    channels = [channel("ops"), channel("off", is_enabled=False), channel("mail", "Email")]
    facts = RoutingFacts(CHANNEL_KINDS, channels, rules(stack=[to("ops", "off", "mail", "deleted")]))
    assert previewed(facts).unusable == {
        "off": Unusable.DISABLED,
        "mail": Unusable.NO_RECIPIENT,
        "deleted": Unusable.UNKNOWN,
    }


def test_without_a_route_the_default_decides() -> None:
    found = previewed(RoutingFacts(CHANNEL_KINDS, [channel("ops")]))
    assert found.is_by_default
    assert [ref.id for ref in found.channels] == ["ops"]


def test_only_mutes_that_are_in_force_and_cover_the_alert_are_listed() -> None:
    def mute(mute_id: str, hours: int, certificate_id: str | None = None) -> Mute:
        starts_at, ends_at = NOW - timedelta(days=1), NOW + timedelta(hours=hours)
        return Mute(mute_id, "t-web", starts_at, ends_at, "upgrade", "key-1", NOW, certificate_id)

    mutes = [mute("team", 1), mute("over", -1), mute("other", 1, "mc-other")]
    found = previewed(RoutingFacts(CHANNEL_KINDS, [channel("ops")], mutes=mutes))
    assert [each.id for each in found.mutes] == ["team"]


_IDS = ("ops", "web", "off", "deleted")
_ROUTES = st.builds(
    to,
    st.sampled_from(_IDS),
    st.sampled_from(_IDS),
    severities=st.sampled_from(["", "critical", "info warning"]),
    types=st.sampled_from(["", "Revocation", "RenewalSuccess RenewalFailure"]),
)
_RULES = st.dictionaries(st.sampled_from(["owner", "team", "stack", "others"]), st.lists(_ROUTES, max_size=3))
_SUBJECTS = st.sampled_from([SHOP, replace(WHOLE_STACK, team_id="t-web"), WHOLE_STACK])


@given(_RULES, _SUBJECTS, st.sampled_from(NotificationType), st.sampled_from(Severity))
def test_the_channels_are_those_of_the_routing_and_the_taken_route_is_among_them(
    made: dict[str, list[Route]], subject: AlertSubject, kind: NotificationType, severity: Severity
) -> None:
    channels = [channel("ops"), channel("web", "Webhook"), channel("off", is_enabled=False)]
    facts, topic = RoutingFacts(CHANNEL_KINDS, channels, rules(**made)), Topic(kind, severity)
    found = preview(topic, subject, facts, datetime.now(UTC))
    assert list(found.channels) == channels_for(topic, subject, facts)
    if not found.is_by_default:
        assert set(found.routes[-1].usable) <= {ref.id for ref in found.channels}
