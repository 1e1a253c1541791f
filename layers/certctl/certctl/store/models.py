"""All models, for `database.connect` and for the test that holds them against template.yaml."""

from pynamodb.models import Model

from certctl.store import (
    items,
    items_agents,
    items_catalog,
    items_issuers,
    items_jobs,
    items_notifications,
    items_revocations,
    items_shared,
)

MODELS: tuple[type[Model], ...] = (
    items.CertificateItem,
    items.VersionItem,
    items.PemItem,
    items.NameItem,
    items.SearchItem,
    items.SerialItem,
    items_revocations.RevocationItem,
    items_jobs.JobItem,
    items_notifications.NotificationItem,
    items_shared.AuditItem,
    items_shared.ApiKeyItem,
    items_shared.CredentialItem,
    items_shared.AuthorityItem,
    items_catalog.ChannelItem,
    items_catalog.RoutingRuleItem,
    items_catalog.MuteItem,
    items_catalog.CatalogItem,
    items_catalog.CatalogNameItem,
    items_catalog.ReferenceItem,
    items_catalog.DeletingItem,
    items_catalog.ContactItem,
    items_shared.CrlShardItem,
    items_shared.IdempotencyItem,
    items_shared.ViolationItem,
    items_shared.CurrentViolationItem,
    items_shared.OpenViolationItem,
    items_shared.PolicyStateItem,
    items_shared.ChannelStateItem,
    items_shared.StateItem,
    items_agents.AgentStateItem,
    items_agents.BootstrapTokenItem,
    items_issuers.IssuerContactItem,
)
