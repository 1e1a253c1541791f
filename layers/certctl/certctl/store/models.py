"""All models, for `database.connect` and for the test that holds them against template.yaml."""

from pynamodb.models import Model

from certctl.store.access.items import ApiKeyItem, CredentialItem
from certctl.store.acme.items import AcmeAccountItem, AuthorizationItem, EabKeyItem, OpenEabKeyItem, OrderItem
from certctl.store.agents.items import AgentStateItem, BootstrapTokenItem, CrlReportItem
from certctl.store.audit.items import AuditItem
from certctl.store.authorities.items import AuthorityItem, CrlShardItem
from certctl.store.catalog.items import (
    AgentCountItem,
    CatalogItem,
    CatalogNameItem,
    DeletingItem,
    IssuerContactItem,
    ReferenceItem,
    RulesAddedItem,
    TeamNameCountItem,
    TeamNamesItem,
)
from certctl.store.certificates.items import CertificateItem, NameItem, PemItem, SearchItem, VersionItem
from certctl.store.channels.items import ChannelItem, ChannelStateItem
from certctl.store.identity.items import SessionListItem
from certctl.store.inventory.census_items import (
    CaWarningItem,
    CensusItem,
    CensusWishItem,
    CheckpointItem,
    FiguresItem,
)
from certctl.store.inventory.import_items import ChunkItem, ImportItem, PaceItem
from certctl.store.inventory.items import (
    DerItem,
    EndpointChangeItem,
    EndpointItem,
    EndpointLinkItem,
    IncidentItem,
    ObservedItem,
    ProbedItem,
    ScopeItem,
    SightingItem,
    SourceItem,
)
from certctl.store.issuing.items import SerialItem
from certctl.store.items import IdempotencyItem, StateItem, SubjectItem
from certctl.store.jobs.items import JobItem
from certctl.store.notifications.items import ContactItem, MuteItem, NotificationItem, RoutingRuleItem
from certctl.store.policies.items import (
    CurrentViolationItem,
    NamesEditItem,
    NamesExemptionItem,
    OpenViolationItem,
    PolicyStateItem,
    ViolationItem,
)
from certctl.store.revocation.items import RevocationItem
from certctl.store.status.items import PublishedCrlItem

MODELS: tuple[type[Model], ...] = (
    CertificateItem,
    VersionItem,
    PemItem,
    NameItem,
    SearchItem,
    SerialItem,
    RevocationItem,
    JobItem,
    NotificationItem,
    AuditItem,
    ApiKeyItem,
    CredentialItem,
    SessionListItem,
    SubjectItem,
    AuthorityItem,
    ChannelItem,
    RoutingRuleItem,
    MuteItem,
    CatalogItem,
    CatalogNameItem,
    ReferenceItem,
    DeletingItem,
    TeamNamesItem,
    AgentCountItem,
    RulesAddedItem,
    TeamNameCountItem,
    ContactItem,
    CrlShardItem,
    PublishedCrlItem,
    IdempotencyItem,
    ViolationItem,
    CurrentViolationItem,
    NamesEditItem,
    NamesExemptionItem,
    OpenViolationItem,
    PolicyStateItem,
    ChannelStateItem,
    StateItem,
    AgentStateItem,
    BootstrapTokenItem,
    CrlReportItem,
    IssuerContactItem,
    ObservedItem,
    DerItem,
    SightingItem,
    ScopeItem,
    SourceItem,
    ImportItem,
    ChunkItem,
    EndpointItem,
    EndpointLinkItem,
    ProbedItem,
    EndpointChangeItem,
    IncidentItem,
    FiguresItem,
    CensusItem,
    CheckpointItem,
    CensusWishItem,
    CaWarningItem,
    PaceItem,
    EabKeyItem,
    OpenEabKeyItem,
    AcmeAccountItem,
    OrderItem,
    AuthorizationItem,
)
