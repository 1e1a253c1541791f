"""The inventory of a stack, and its maintenance."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from certctl.compose.rooms.base import Base
from certctl.compose.rooms.inventory import InventoryFactories
from certctl.crypto.inventory.facts import parse
from certctl.crypto.pem import load_certificate
from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.inventory.scopes import Scope
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import NotificationType
from certctl.services.inventory.lost_issuances import LostIssuances
from certctl.services.inventory.observed_alerts import ObservedAlerts
from certctl.services.inventory.silent_scopes import SilentScopes
from certctl.store.notifications.notifications import NotificationStore
from tests.support.functions.control_plane import CHANNELS, ControlPlane
from tests.support.inventory.made import Maker, found

ACTOR = Actor("system/maintenance_schedule", ActorType.SYSTEM)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SCOPE, PLACE = "sc-files", "file:/etc/www.pem#1"


@dataclass
class Stock:
    """The inventory of a stack with one scope, reported daily."""

    plane: ControlPlane

    def __post_init__(self) -> None:
        self.plane.channels = CHANNELS
        self.made = InventoryFactories(Base(self.plane.overrides))
        scope = Scope(SCOPE, "src-1", "t-web", "files of web-1", self.plane.pki.clock(), DAY)
        self.plane.pki.database.write(self.made.scopes.create_step(scope))

    def leaf(self, *, days: int = 90) -> bytes:
        return Maker().leaf("www.example.com", begins=self.plane.pki.clock(), days=days)

    def scanned(self, *ders: bytes) -> None:
        """A complete scan that finds these, each at a place of its own."""
        whole = [found(f"{PLACE}{number}", der) for number, der in enumerate(ders)]
        by_fingerprint = {parse(der).fingerprint: der for der in ders}
        self.made.reports.report(SCOPE, whole, by_fingerprint, is_complete=True)

    def maintained(self, after: timedelta = timedelta()) -> dict[str, int]:
        """What maintenance does so much later."""
        self.plane.pki.clock.advance(after)
        plane, clock = self.plane, self.plane.pki.clock
        scopes = SilentScopes(plane.units, self.made.scopes, plane.routing, ACTOR, clock)
        return dict(self.observed_alerts.run(lambda: True) + scopes.run(lambda: True))

    @property
    def observed_alerts(self) -> ObservedAlerts:
        plane = self.plane
        lost = LostIssuances(plane.pki.database)
        alerts = ObservedAlerts(plane.units, self.made.observed, lost, plane.routing, ACTOR, plane.pki.clock)
        return plane.privileges.within("maintenance_schedule", alerts)

    def alerts(self, kind: NotificationType) -> list[Notification]:
        """The alerts of one channel, in the order of their making."""
        ids = list(dict.fromkeys(each.id for each in self.plane.notification_nudges))
        rows = {each.id: each for each in NotificationStore(self.plane.pki.database).get_many(ids)}
        first = CHANNELS[0].channel_id
        return [rows[i] for i in ids if rows[i].type is kind and rows[i].channel_id == first]

    def stored(self, der: bytes) -> ObservedCertificate:
        certificate = self.made.observed.get(parse(der).fingerprint, consistent=True)
        assert certificate is not None
        return certificate


def forged(
    plane: ControlPlane,
    *,
    begins: datetime | None = None,
    serial: str | None = None,
    ends: datetime | None = None,
    key: ec.EllipticCurvePublicKey | None = None,
) -> bytes:
    """A leaf that somebody signed with the key of the issuing CA, valid from now on, with a serial number and
    a key of its own, unless the arguments say otherwise."""
    issuing = next(each for each in plane.stores.authorities.all() if each.role == "issuing")
    ca = load_certificate(issuing.certificate_pem)
    key_id = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    now = begins or plane.pki.clock()
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vault.internal")]))
        .issuer_name(ca.subject)
        .public_key(key or ec.generate_private_key(ec.SECP256R1()).public_key())
        .serial_number(int(serial, 16) if serial else x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(ends or now + 90 * DAY)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key_id), critical=False)
    )
    return builder.sign(plane.pki.keys[issuing.key_arn], SHA256()).public_bytes(Encoding.DER)
