"""The current consent: the file's, or for an agent of an earlier release its enrolment's."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from certctl_client.agent.consent.consent import NOTHING, Consent, Source, consent_of_flags
from certctl_client.agent.consent.file import ConsentFile
from certctl_client.agent.errors import WorkRefused
from certctl_client.agent.events import LogEvent
from certctl_client.agent.state import Enrolment, State
from certctl_client.errors import ConfigurationError

_AGAIN = 24 * 3600.0


def consent_for(enrolment: Enrolment, file: ConsentFile) -> Consent:
    """Raises ConfigurationError if the file is invalid or missing."""
    if enrolment.has_consent_file:
        return file.required()
    return file.read() or consent_of_flags(enrolment.directories, enrolment.commands)


@dataclass
class Consents:
    """Reads the consent each time, so that an edit applies without a restart. `logged` is what was logged
    last, and when."""

    state: State
    file: ConsentFile
    log: LogEvent
    monotonic: Callable[[], float] = time.monotonic
    logged: tuple[str, float] = ("", 0.0)

    def current(self) -> Consent:
        """Raises ConfigurationError. Once there has been a file, only the file applies."""
        enrolment = self.state.enrolment()
        consent = consent_for(enrolment, self.file)
        if consent.source is Source.FILE and not enrolment.has_consent_file:
            self.state.bind_to_consent_file(enrolment)
        return consent

    def for_work(self) -> Consent:
        """Raises WorkRefused."""
        try:
            return self.current()
        except ConfigurationError as error:
            raise WorkRefused(error.message) from None

    def in_force(self) -> Consent:
        """The consent for the server and the log: a file that cannot be read allows nothing."""
        try:
            consent, problem = self.current(), None
        except ConfigurationError as error:
            consent, problem = NOTHING, error.message
        self._note(consent, problem)
        return consent

    def _note(self, consent: Consent, problem: str | None) -> None:
        """Logs the consent at the start, at each change, and daily while it is invalid or unlimited."""
        now, (logged, at) = self.monotonic(), self.logged
        known = f"{consent.digest} {problem or ''}"
        is_calm = problem is None and consent.source is Source.FILE and not consent.open_lists
        if known == logged and (is_calm or now - at < _AGAIN):
            return
        self.logged = (known, now)
        self.log("consent", source=consent.source, digest=consent.digest, file=self.file.path)
        if problem is not None:
            self.log("consent_unusable", warning=f"Nothing is allowed: {problem}")
        elif consent.source is Source.ENROLMENT:
            self.log("consent_missing", warning=_MISSING.format(path=self.file.path))
        if consent.open_lists:
            self.log("consent_open", warning=_OPEN.format(lists=", ".join(consent.open_lists)))


_MISSING = (
    "There is no {path}: what the enrolment allowed applies, for any target. "
    "As root: certctl agent consent init --write."
)
_OPEN = "Anyone who may edit a target decides here without limits: {lists}."
