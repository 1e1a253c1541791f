"""Notifications: list, read, mark, requeue; channels: set up, repair, test. Sends nothing itself."""

from typing import Any

from certctl.api.channels.routes import add_channel_routes, add_channel_test_routes
from certctl.api.notifications.digest_routes import add_digest_routes
from certctl.api.notifications.routes import add_group_routes, add_notification_routes, add_requeue_routes
from certctl.api.notifications.routing_routes import (
    add_mute_routes,
    add_routing_preview_routes,
    add_routing_rule_routes,
)
from certctl.api.resolver import Api
from certctl.compose.notifications_api import NotificationsApi
from certctl.observability import with_context

services = NotificationsApi()
api = Api(lambda: services.access.api_services, lambda: services.access.edge)
add_notification_routes(api, lambda: services.notification_lists, lambda: services.schedule)
add_group_routes(api, lambda: services.notification_groups)
add_requeue_routes(api, lambda: services.requeueing)
add_channel_routes(api, lambda: services.channels, lambda: services.now())
add_channel_test_routes(api, lambda: services.channel_tests)
add_routing_rule_routes(api, lambda: services.routing_rules)
add_routing_preview_routes(api, lambda: services.routing_previews, lambda: services.now())
add_digest_routes(api, lambda: services.digest_previews)
add_mute_routes(api, lambda: services.mutes, lambda: services.now())


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
