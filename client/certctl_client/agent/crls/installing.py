"""One pass for one target: read the CRLs, verify them, install what is newer, reload."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from certctl_client.agent.consent.consent import EVERYTHING, Consent
from certctl_client.agent.crls.memory import CrlMemory, Memory, installed_crls
from certctl_client.agent.crls.orders import CrlFiles, Order, crl_files
from certctl_client.agent.errors import DeploymentFailed
from certctl_client.agent.events import LogEvent, without_secrets
from certctl_client.crl.bundles import CrlSource, all_sources, bundle_of, crls_in, fetched, newest
from certctl_client.crl.documents import Crl
from certctl_client.crl.public import AuthorityLists, PublicObjects
from certctl_client.errors import CommandError
from certctl_client.times import wire

_NO_URL = "No certificate names the CRL of {name}: append it to the file by hand."


@dataclass(frozen=True)
class _Read:
    """The newest CRL of a source, and why that is not the published one."""

    source: CrlSource
    crl: Crl | None
    problem: str


@dataclass(frozen=True)
class CrlInstaller:
    """Makes the passes. `url` is the control plane's. The files in place stay while neither the control plane
    nor the PKI host can be reached."""

    url: str
    memory: CrlMemory
    consent: Callable[[], Consent]
    log: LogEvent
    now: Callable[[], datetime]

    def run(self, order: Order, memory: Memory) -> Memory:
        """Makes a pass. Returns what to remember; a failure is its `problem`. Raises nothing that a host or a
        server may cause."""
        checked = replace(memory, config=order.config, checked_at=wire(self.now()), problem="")
        try:
            self.recover(order.target_id)
            return self._passed(order, crl_files(order, self.consent()), checked)
        except CommandError as error:
            return replace(checked, problem=without_secrets(error.message))

    def recover(self, target_id: str) -> None:
        """Restores the files that a pass which did not end has begun to replace. The host allowed that pass,
        so this needs no consent. Raises CommandError."""
        before = self.memory.before(target_id)
        if before is None:
            return
        failed = crl_files(before.order, EVERYTHING).files.restore(before.snapshot)
        self.memory.drop_before(target_id)
        self.log("crls_restored", target=target_id, error=failed and failed.message)

    def _passed(self, order: Order, place: CrlFiles, memory: Memory) -> Memory:
        """Reads, checks and installs the CRLs. Raises CommandError."""
        contents = place.files.contents()
        held = crls_in(contents[0] or b"")
        memory = replace(memory, crls=installed_crls(held))
        with PublicObjects(self.url) as public:
            known, silence = self._known(public, order, memory)
            memory = memory.with_authorities(known)
            lists = [each for found in known.values() for each in found]
            read = [self._read(public, source, held) for source in all_sources(lists)]
        problems = [silence, *(each.problem for each in read)]
        try:
            found = self._install(order, place, contents, lists, read)
        except CommandError as error:
            return replace(memory, problem=without_secrets(error.message))
        problem = without_secrets(" ".join(each for each in problems if each))
        return replace(memory, crls=installed_crls(found), problem=problem)

    def _known(
        self, public: PublicObjects, order: Order, memory: Memory
    ) -> tuple[Mapping[str, Sequence[AuthorityLists]], str]:
        """The CAs of each issuer: the control plane's report, else its last one with the reason for using it.
        Raises CommandError if there is no report."""
        known, problem = {}, ""
        for issuer_id in order.issuer_ids:
            try:
                known[issuer_id] = public.lists(issuer_id)
            except CommandError as error:
                known[issuer_id], problem = memory.known(issuer_id), error.message
                if not known[issuer_id]:
                    raise
        return known, problem

    def _read(self, public: PublicObjects, source: CrlSource, held: Sequence[Crl]) -> _Read:
        if not source.urls:
            crl = newest(source, None, held)
            return _Read(source, crl, "" if crl else _NO_URL.format(name=source.name))
        try:
            found, problem = fetched(public, source, self.now()), ""
        except CommandError as error:
            found, problem = None, error.message
        return _Read(source, newest(source, found, held), problem)

    def _install(
        self,
        order: Order,
        place: CrlFiles,
        contents: Sequence[bytes | None],
        lists: Sequence[AuthorityLists],
        read: Sequence[_Read],
    ) -> Sequence[Crl]:
        """The CRLs that are in place afterwards. Raises CommandError, with the former files in place."""
        if lacking := next((each for each in read if each.crl is None and each.source.urls), None):
            raise DeploymentFailed(lacking.problem)
        bundle = bundle_of(lists, [(each.source, each.crl) for each in read])
        new_contents = place.contents_of(bundle)
        if new_contents != list(contents):
            self._replace(order, place, new_contents)
            self.log("crls_installed", target=order.target_id, numbers=_numbers(bundle.crls))
        return bundle.crls

    def _replace(self, order: Order, place: CrlFiles, new_contents: Sequence[bytes]) -> None:
        self.memory.keep_before(order, place.files.snapshot())
        try:
            place.files.replace(new_contents)
        except Exception as error:  # whatever the error, the former files must be restored
            reason = (
                error.message if isinstance(error, CommandError) else f"Unexpected {type(error).__name__}."
            )
            self.recover(order.target_id)
            raise DeploymentFailed(f"{reason} The former files are in place.") from None
        self.memory.drop_before(order.target_id)


def _numbers(crls: Sequence[Crl]) -> str:
    return ", ".join(str(crl.number) for crl in crls)
