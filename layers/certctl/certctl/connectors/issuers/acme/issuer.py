"""An ACME server as issuer (RFC 8555, RFC 9773): the order's own status determines its next step."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from josepy.jwk import JWKEC

from certctl.connectors.dns import TxtRecords, TxtValue
from certctl.connectors.issuers.acme.account_keys import account_key, account_key_name
from certctl.connectors.issuers.acme.accounts import AcmeAccount
from certctl.connectors.issuers.acme.memory import AcmeMemory
from certctl.connectors.issuers.acme.proofs import Proof, failures_of, proofs_wanted, txt_value
from certctl.connectors.issuers.acme.session import AcmeSession, Answer, Missing, Refused
from certctl.connectors.issuers.base import IssuerDependencies, IssuerUnavailable
from certctl.crypto.issuing.external_chains import encoded_csr, encoded_leaf, renewal_info_id
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.errors import Unavailable
from certctl.domain.issuing.external import (
    Issued,
    IssueOutcome,
    NothingSigned,
    OrderRequest,
    Pending,
    ReasonRefused,
    Rejected,
    RenewalWindow,
    RevocationConfirmed,
    RevocationOutcome,
    SettleOutcome,
    StartOver,
    StillOpen,
    Unknown,
)
from certctl.domain.issuing.kinds.acme import AcmeSettings, ChallengeType, acme_settings
from certctl.observability import logger

Progress = Mapping[str, Any]
_SOON = timedelta(seconds=1)
_POLL = timedelta(seconds=3)
_DNS_POLL = timedelta(seconds=5)
_START_OVER = timedelta(seconds=30)
_REFRESH = timedelta(hours=6)
_SHOWN_FAILURES = 5


@dataclass(frozen=True)
class AcmeIssuers:
    """Makes the issuers of this kind, from records whose settings were checked."""

    memory: AcmeMemory

    def build(self, entry: AnyEntry, dependencies: IssuerDependencies) -> "AcmeIssuer":
        return AcmeIssuer(entry.id, acme_settings(entry.content.config), dependencies, self.memory)


class AcmeIssuer:
    """`progress` of an order: its URL (`order`), the DNS records made for it (`records`, `changes`), and
    whether it may have been finalized (`finalizing`), which is stored before it is."""

    def __init__(
        self, issuer_id: str, settings: AcmeSettings, dependencies: IssuerDependencies, memory: AcmeMemory
    ) -> None:
        self._account = AcmeAccount(issuer_id, settings, dependencies.secrets, memory)
        self._issuer_id = issuer_id
        self._settings = settings
        self._dependencies = dependencies
        self._memory = memory

    def submit(self, request: OrderRequest) -> IssueOutcome:
        return self._answered(lambda session: self._submit(session, request))

    def advance(self, request: OrderRequest, progress: Progress) -> IssueOutcome:
        outcome = self._answered(lambda session: self._advance(session, request, progress))
        if not isinstance(outcome, Pending):
            self._clean_up(progress)
        return outcome

    def settle(self, progress: Progress) -> SettleOutcome:
        if not progress.get("finalizing"):
            self._remove(progress)
            return NothingSigned()
        outcome = self._settled(progress)
        if not isinstance(outcome, StillOpen):
            self._clean_up(progress)
        return outcome

    def _settled(self, progress: Progress) -> SettleOutcome:
        try:
            session = self._entered()
            order = session.post(progress["order"])
            match order.body.get("status"):
                case "processing":
                    return StillOpen(order.wait or _POLL)
                case "valid":
                    return Issued(session.post(order.body["certificate"]).text)
            return NothingSigned()
        except Missing as missing:
            self._account.forget()
            return Unknown(f"the ACME server has lost the finalized order: {missing}")
        except Refused as refused:
            raise IssuerUnavailable(refused.detail) from None

    def revoke(self, certificate_pem: str, reason_code: int | None) -> RevocationOutcome:
        reason = {} if reason_code is None else {"reason": reason_code}
        wanted = {"certificate": encoded_leaf(certificate_pem), **reason}
        try:
            session = self._entered()
            session.post(session.directory()["revokeCert"], wanted)
        except Missing as missing:
            self._account.forget()
            raise IssuerUnavailable(str(missing)) from None
        except Refused as refused:
            return _not_revoked(refused)
        return RevocationConfirmed()

    def server_fault(self) -> str | None:
        """The directory is public: it needs no account and no key."""
        key = JWKEC(key=ec.generate_private_key(ec.SECP256R1()))
        try:
            self._session_with(key).directory()
        except (IssuerUnavailable, Refused) as failure:
            return failure.detail
        return None

    def renewal_window(self, certificate_pem: str) -> RenewalWindow | None:
        try:
            return self._window(self._session(), certificate_pem)
        except (Missing, Refused):
            return None

    def _answered(self, step: Callable[[AcmeSession], IssueOutcome]) -> IssueOutcome:
        try:
            return step(self._entered())
        except Missing as missing:
            logger.warning("the ACME server has lost an order or account", extra={"said": str(missing)})
            self._account.forget()
            return StartOver(_START_OVER)
        except Refused as refused:
            return Rejected(refused.detail)

    def _session(self) -> AcmeSession:
        name = account_key_name(self._dependencies.stack, self._issuer_id)
        return self._session_with(account_key(self._dependencies.client("secretsmanager"), name))

    def _session_with(self, key: JWKEC) -> AcmeSession:
        settings, noted = self._settings, partial(self._dependencies.health.record, self._issuer_id)
        return AcmeSession(settings.directory_url, self._dependencies.guard, settings.ca_bundle, key, noted)

    def _entered(self) -> AcmeSession:
        session = self._session()
        self._account.enter(session)
        return session

    def _submit(self, session: AcmeSession, request: OrderRequest) -> IssueOutcome:
        wanted: dict[str, Any] = {"identifiers": [{"type": k, "value": v} for k, v in request.names]}
        if self._settings.profile:
            wanted["profile"] = self._settings.profile
        response = self._ordered(session, wanted, self._replaced(session, request))
        if response.location is None:
            raise IssuerUnavailable("the ACME server did not return the order's URL")
        return _pending({"order": response.location}, timedelta())

    def _replaced(self, session: AcmeSession, request: OrderRequest) -> Mapping[str, str]:
        """RFC 9773 section 5: an order that names the certificate it replaces is exempt from rate limits."""
        if request.replaces is None or "renewalInfo" not in session.directory().to_partial_json():
            return {}
        identifier = renewal_info_id(request.replaces)
        return {"replaces": identifier} if identifier else {}

    def _ordered(
        self, session: AcmeSession, wanted: Mapping[str, Any], replaced: Mapping[str, str]
    ) -> Answer:
        url = session.directory()["newOrder"]
        try:
            return session.post(url, {**wanted, **replaced})
        except Refused:
            if not replaced:
                raise
            return session.post(url, wanted)  # what it replaces is another account's, or was replaced already

    def _advance(self, session: AcmeSession, request: OrderRequest, progress: Progress) -> IssueOutcome:
        order = session.post(progress["order"])
        match order.body.get("status"):
            case "pending":
                return self._prove(session, order, progress)
            case "ready":
                return self._finalize(session, order, request, progress)
            case "processing":
                return _pending(progress, order.wait or _POLL)
            case "valid":
                return self._download(session, order)
            case "invalid":
                return Rejected(_why_invalid(order, self._authorizations(session, order)))
        raise IssuerUnavailable("the ACME server's order has no status that RFC 8555 knows")

    def _authorizations(self, session: AcmeSession, order: Answer) -> list[Mapping[str, Any]]:
        return [session.post(url).body for url in order.body.get("authorizations", ())]

    def _prove(self, session: AcmeSession, order: Answer, progress: Progress) -> IssueOutcome:
        proofs = proofs_wanted(self._authorizations(session, order), self._settings.challenge, session.key)
        if self._settings.challenge is ChallengeType.DNS and proofs:
            waiting = self._published(proofs, progress)
            if waiting is not None:
                return waiting
        for proof in proofs:
            if self._settings.challenge is ChallengeType.HTTP:
                self._memory.publish_token(proof.token, proof.validation)
            session.post(proof.url, {})
        return _pending(progress, order.wait or _POLL)

    def _published(self, proofs: list[Proof], progress: Progress) -> Pending | None:
        """The wait for the records; None once every name server returns them."""
        if "changes" in progress:
            return None if self._records().are_in_sync(progress["changes"]) else _pending(progress, _DNS_POLL)
        values = [txt_value(proof, self._settings) for proof in proofs]
        changes = self._records().add(values)
        made = {"records": [asdict(value) for value in values], "changes": changes}
        return _pending({**progress, **made}, _DNS_POLL)

    def _finalize(
        self, session: AcmeSession, order: Answer, request: OrderRequest, progress: Progress
    ) -> IssueOutcome:
        if not progress.get("finalizing"):
            return _pending({**progress, "finalizing": True}, timedelta())
        response = session.post(order.body["finalize"], {"csr": encoded_csr(request.csr_pem)})
        return _pending(progress, response.wait or _SOON)

    def _download(self, session: AcmeSession, order: Answer) -> IssueOutcome:
        chain = session.post(order.body["certificate"]).text
        try:
            window = self._window(session, chain)
        except (Unavailable, Missing, Refused):
            window = None  # it is asked for again
        return Issued(chain, window)

    def _window(self, session: AcmeSession, certificate_pem: str) -> RenewalWindow | None:
        base = session.directory().to_partial_json().get("renewalInfo")
        identifier = renewal_info_id(certificate_pem)
        if base is None or identifier is None:
            return None
        response = session.get(f"{base.rstrip('/')}/{identifier}")
        try:
            window = response.body["suggestedWindow"]
            start, end = datetime.fromisoformat(window["start"]), datetime.fromisoformat(window["end"])
        except (KeyError, TypeError, ValueError):
            raise IssuerUnavailable("the ACME server's renewal information is not understood") from None
        return RenewalWindow(start, end, response.wait or _REFRESH)

    def _clean_up(self, progress: Progress) -> None:
        """Best effort: a record that remains proves nothing a second time."""
        try:
            self._remove(progress)
        except Unavailable:
            logger.warning("DNS records of an order were not removed", exc_info=True)

    def _remove(self, progress: Progress) -> None:
        self._records().remove([TxtValue(**record) for record in progress.get("records", ())])

    def _records(self) -> TxtRecords:
        return TxtRecords(self._dependencies.client("route53"))


def _not_revoked(refused: Refused) -> RevocationOutcome:
    """The meaning of a refusal to revoke (RFC 8555, section 7.6)."""
    match refused.code:
        case "alreadyRevoked":
            return RevocationConfirmed(was_revoked=True)
        case "badRevocationReason":
            return ReasonRefused(refused.detail)
    return Rejected(refused.detail)


def _pending(progress: Progress, wait: timedelta) -> Pending:
    may_be_signed, needs_cleanup = bool(progress.get("finalizing")), bool(progress.get("records"))
    return Pending(progress, wait, may_be_signed=may_be_signed, needs_cleanup=needs_cleanup)


def _why_invalid(order: Answer, authorizations: list[Mapping[str, Any]]) -> str:
    failures = failures_of(authorizations)[:_SHOWN_FAILURES]
    error = order.body.get("error") or {}
    said = "; ".join(failures) or error.get("detail") or "no reason was given"
    return f"the ACME server rejected the order: {said}"
