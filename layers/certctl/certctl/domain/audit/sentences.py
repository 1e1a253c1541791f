"""Audit events in sentences: who did what to which record, and why."""

from collections.abc import Iterator, Mapping
from typing import Any

from certctl.domain.audit.actions import PHRASES
from certctl.domain.audit.calls import API_CALL
from certctl.domain.audit.names import (
    ANONYMOUS,
    SYSTEM_PREFIX,
    Names,
    Reference,
    actor_reference,
    credential_reference,
    part_of,
    resource_reference,
    stated,
    subject_reference,
    target_reference,
)
from certctl.domain.revocation.reasons import HOLD, REASON_CODES, reason_in_words

_LONGEST_REASON = 200
_BARE = frozenset({"certificate", "job", "notification", "campaign"})
"""Types whose names say what they are."""
_GONE = {"user": "a deleted user", "service_account": "a deleted service account", "api_key": "a deleted key"}
_FAILURES = ("_failed", "_dead", "_disabled", "_refused", "_skipped", "_violated")
_UNTOLD = frozenset({"revision", "updated_at"})
_ACRONYMS = {
    "acme": "ACME",
    "api": "API",
    "ca": "CA",
    "csr": "CSR",
    "eab": "EAB",
    "id": "ID",
    "ttl": "TTL",
    "crl": "CRL",
    "ocsp": "OCSP",
}


def sentence_of(record: Mapping[str, Any], names: Names) -> str:
    """`Ada revoked shop.example.com: key compromise, ticket INC-7`. An action of another release is shown as
    it is named."""
    action = record["action"]
    phrase = PHRASES.get(action, f"{_words(action)} ({{it}})")
    did = phrase.replace("{it}", _resource(record, names))
    told = ", ".join(_told(record, names))
    subject = _capitalized(actor_name(record, names))
    return f"{subject} {did}: {told}" if told else f"{subject} {did}"


def actor_name(record: Mapping[str, Any], names: Names) -> str:
    """The name of who acted, else of the key that was used: accounts of keys that an earlier release made
    have no record. Else what is known of a record that is gone."""
    actor: str = record["actor"]
    if actor == ANONYMOUS:
        return "somebody without a credential"
    if actor.startswith(SYSTEM_PREFIX):
        return _function_name(actor.removeprefix(SYSTEM_PREFIX))
    reference = actor_reference(record)
    if reference is None:
        return actor
    return names.get(reference) or credential_name(record, names) or _named(reference, names)


def credential_name(record: Mapping[str, Any], names: Names) -> str | None:
    """The name of the key that was used, or that the session or token came from."""
    reference = credential_reference(record)
    return names.get(reference) if reference else None


def resource_name(record: Mapping[str, Any], names: Names) -> str | None:
    """The record's name now, else the name in the event; None if neither is known."""
    reference = resource_reference(record)
    return names.get(reference) or stated(record, "name")


def _function_name(function: str) -> str:
    return "the stack's administrator" if function == "stack_admin" else f"the {_words(function)}"


def _named(reference: Reference, names: Names) -> str:
    gone = _GONE.get(reference.type, _words(reference.type))
    return names.get(reference) or f"{gone} ({reference.id})"


def _resource(record: Mapping[str, Any], names: Names) -> str:
    kind, identifier = record["resource_type"], record["resource_id"]
    if kind == API_CALL:
        return str(identifier)
    if kind == "session":
        return _session(record, names)
    name = resource_name(record, names)
    if name is None:
        return f"{_with_article(kind)} {identifier}"
    return _deployed(record, names, name) if kind in _BARE else f"{_with_article(kind)} {name}"


def _deployed(record: Mapping[str, Any], names: Names, name: str) -> str:
    target = target_reference(record)
    return f"{name} to {names.get(target, target.id)}" if target else name


def _session(record: Mapping[str, Any], names: Names) -> str:
    subject = subject_reference(record)
    if subject is None or subject.id == record["actor"]:
        return "a session"
    return f"a session of {_named(subject, names)}"


def _with_article(kind: str) -> str:
    return kind if kind == "certificate" else f"the {_words(kind)}"


def _told(record: Mapping[str, Any], names: Names) -> Iterator[str]:
    """What follows the colon: reason, ticket, error, changed fields."""
    details, action = record["details"], record["action"]
    if record["resource_type"] == API_CALL:
        yield str(details.get("status", "no status"))
        return
    yield from _reasons(record)
    if ticket := _ticket(record):
        yield f"ticket {ticket}"
    if action.endswith(_FAILURES):
        yield from _errors(record)
    if action.endswith("_updated"):
        yield from _changed(part_of(record, "before"), part_of(record, "after"))


def _reasons(record: Mapping[str, Any]) -> Iterator[str]:
    """The reason of a revocation, campaign or mute."""
    after = part_of(record, "after")
    reasons = (after.get("revocation_reason"), after.get("reason"), record["details"].get("reason"))
    for reason in (*reasons, _wanted(record).get("reason")):
        if isinstance(reason, str) and reason and reason != HOLD:
            yield reason_words(reason)
            return


def reason_words(reason: str) -> str:
    """In words as `reason_in_words` has them; any other text is unchanged."""
    return reason_in_words(reason) if reason in REASON_CODES else reason[:_LONGEST_REASON]


def _ticket(record: Mapping[str, Any]) -> str | None:
    """A revocation's; that of a campaign or bulk revocation is in the record that asks for it."""
    found = (record["details"].get("ticket"), stated(record, "ticket"), _wanted(record).get("ticket"))
    return next((ticket for ticket in found if isinstance(ticket, str) and ticket), None)


def _wanted(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The revocation that a bulk revocation asks for."""
    bulk = part_of(record, "after").get("bulk")
    wanted = bulk.get("wanted") if isinstance(bulk, Mapping) else None
    return wanted if isinstance(wanted, Mapping) else {}


def _errors(record: Mapping[str, Any]) -> Iterator[str]:
    details = record["details"]
    found = (details.get("error"), details.get("detail"), details.get("message"))
    texts = (*found, stated(record, "last_error"), stated(record, "error"))
    error = next((text for text in texts if isinstance(text, str) and text), None)
    if error is not None:
        yield error[:_LONGEST_REASON]


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """The changed fields of a record, those of its content by their own names."""
    contents = (side.get("content") for side in (before, after))
    inner = [content if isinstance(content, Mapping) else {} for content in contents]
    names = [name for name in after if name not in _UNTOLD and name != "content"]
    names += [name for name in inner[1] if inner[0].get(name) != inner[1][name]]
    if names:
        yield " and ".join(filter(None, (", ".join(map(_words, names[:-1])), _words(names[-1]))))


def _words(name: str) -> str:
    return " ".join(_ACRONYMS.get(word, word) for word in name.replace("_", " ").split())


def _capitalized(text: str) -> str:
    starts = ("the ", "a ", "somebody ")
    return text[:1].upper() + text[1:] if text.startswith(starts) else text
