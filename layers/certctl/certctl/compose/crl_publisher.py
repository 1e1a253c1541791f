"""Composes crl_publisher: the CRLs of the issuing CAs, and their OCSP responders."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.authorities.authorities import AuthorityFactories
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.margins import run_reports

if TYPE_CHECKING:
    from certctl.services.status.crl_runs import CrlRuns
    from certctl.services.status.ocsp_responders import OcspResponders
    from certctl.services.status.published import PublishingSchedule
    from certctl.services.status.responder_rotation import ResponderRotation
    from certctl.unit_of_work.status.crl_publishing import CrlPublication


class CrlPublisher:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._authorities = AuthorityFactories(self._base)
        self.now = self._base.now

    @property
    def publication(self) -> "CrlPublication":
        return self._authorities.crl_publication

    @cached_property
    def runs(self) -> "CrlRuns":
        from certctl.domain.status.editions import SPACING
        from certctl.services.status.crl_runs import CrlRuns

        base, spacing = self._base, self._base.overrides.crl_spacing
        return CrlRuns(
            self._authorities.store,
            self.publication,
            base.nudges.crl_again,
            base.now,
            SPACING if spacing is None else spacing,
        )

    @cached_property
    def schedule(self) -> "PublishingSchedule":
        from certctl.domain.insights.margins import PUBLISHED
        from certctl.services.insights.margins import Margin
        from certctl.services.status.published import PublishedCauses, PublishingSchedule
        from certctl.store.status.ocsp_responders import ResponderStore

        base = self._base
        published = PublishedCauses(self._authorities.store, ResponderStore(base.database), base.now)
        measure, record = Margin(PUBLISHED).measure, run_reports("crl_publisher", base).record
        return PublishingSchedule(self.runs, self.responders, published, measure, record)

    @cached_property
    def responders(self) -> "OcspResponders":
        from certctl.services.status.ocsp_responders import OcspResponders
        from certctl.store.status.ocsp_responders import ResponderStore

        base, authorities = self._base, self._authorities
        store = ResponderStore(base.database)
        return OcspResponders(
            authorities.store, store, authorities.ca_key, authorities.wrapped, base.now, "issuing"
        )

    @cached_property
    def responder_rotation(self) -> "ResponderRotation":
        from certctl.compose.rooms.changes import ChangeFactories
        from certctl.services.status.responder_rotation import ResponderRotation

        base = self._base
        return ResponderRotation(self.responders, ChangeFactories(base).units, base.actor, base.now)
