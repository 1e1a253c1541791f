"""Sends the weekly digests that are due: each once, in one transaction with the row that says so."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.notifications.alerts import notifications_to
from certctl.domain.notifications.digests.data import packed
from certctl.domain.notifications.digests.routes import digest_channels
from certctl.domain.notifications.digests.settings import (
    DigestSetting,
    due_week,
    week_somewhere,
    zone_of,
)
from certctl.domain.notifications.digests.texts import DigestText, Names
from certctl.domain.notifications.flood_control import is_for_machines
from certctl.domain.notifications.notifications import Notification
from certctl.observability import logger
from certctl.services.notifications.digests.addressees import addressee_of, all_addressed, names_of
from certctl.services.notifications.digests.contents import DigestContents
from certctl.store.cache import LastKnown
from certctl.store.catalog.records import CatalogStore
from certctl.store.notifications.digests import DigestLog
from certctl.unit_of_work.notifications.routing import AlertRouting
from certctl.unit_of_work.retry import is_committed
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class WeeklyDigests:
    """Reads nothing while no digest is due anywhere: four days of the week."""

    units: Units
    catalog: CatalogStore
    log: DigestLog
    contents: DigestContents
    routing: AlertRouting
    dashboard_url: LastKnown[str]
    actor: Actor
    now: Callable[[], datetime]

    def run(self, has_time: Callable[[], bool]) -> Counter[str]:
        """How many digests were `sent`, were `empty`, or have nobody to go to (`unsent`); `errors` are tried
        again by the next run, and so is what is left when the time is up. Raises Unavailable."""
        done: Counter[str] = Counter()
        week = week_somewhere(self.now())
        if week is None:
            return done
        entries = all_addressed(self.catalog)
        names = names_of(entries)
        for entry in self._due(entries, week):
            if not has_time():
                break
            done[self._guarded(entry, week, names)] += 1
        del done[""]
        return done

    def _due(self, entries: list[AnyEntry], week: str) -> Iterator[AnyEntry]:
        """The entries in whose zone it is time and whose digest of this week was not made."""
        now = self.now()
        wanted = [each for each in entries if each.content.digest is DigestSetting.WEEKLY]
        due = [each for each in wanted if due_week(now, zone_of(each.content.time_zone)) == week]
        made = self.log.made(week) if due else frozenset()
        return (each for each in due if addressee_of(each).key not in made)

    def _guarded(self, entry: AnyEntry, week: str, names: Names) -> str:
        try:
            return self._made(entry, week, names)
        except Exception:
            logger.exception("a digest could not be made", extra={"kind": entry.kind.value, "id": entry.id})
            return "errors"

    def _made(self, entry: AnyEntry, week: str, names: Names) -> str:
        """What became of the digest; nothing if another run made it."""
        addressee, now = addressee_of(entry), self.now()
        digest = self.contents.of(addressee)
        unit = self.units.begin(self.actor, addressee.key, now)
        unit.write(self.log.made_step(week, addressee.key, now))
        outcome = "empty"
        if not digest.is_empty:
            text = DigestText(digest, names, self.dashboard_url.get())
            rows = self._rows(text, week)
            unit.notify(*rows)
            outcome = "sent" if rows else "unsent"
        return outcome if is_committed(unit, "made a digest", {"of": addressee.key}) else ""

    def _rows(self, text: DigestText, week: str) -> list[Notification]:
        alert, data = text.alert(week), packed(text.digest, week)
        facts = self.routing.facts_of(alert.subject)
        rows = notifications_to(digest_channels(alert.subject, facts), alert, facts, text.digest.made_at)
        return [replace(row, digest=data) if is_for_machines(row, facts.kinds) else row for row in rows]
