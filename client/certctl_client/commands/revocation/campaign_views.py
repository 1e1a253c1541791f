"""Campaigns as people read them."""

from collections.abc import Mapping, Sequence, Set
from typing import Any, get_args

from certctl_client.api.schema import CampaignItemView, CampaignState, CampaignView, ItemState
from certctl_client.output import Detail, Listing, Sections, fields_of
from certctl_client.output.views import Column, name_or_id
from certctl_client.plain_text import counted

ENDED: Set[CampaignState] = frozenset({"completed", "cancelled", "failed"})
"""Final states of a campaign."""
_STATES: Sequence[ItemState] = get_args(ItemState)
WAITS_FOR: Mapping[str, str] = {
    "found": "the start or the next round of the campaign",
    "rekeying": "a version with another key",
    "issued": "its deployment on each target that has an agent",
    "deployed": "a person: certctl campaigns verify",
    "verified": "the revocation of its old versions",
    "revoked": "nothing: its old versions are revoked",
    "skipped": "nothing: no old version is in force any more",
    "failed": "a person: its old versions are still in force",
}
"""What a certificate waits for, by its state in the campaign."""
_ITEM_ENDED = frozenset({"revoked", "skipped", "failed"})
_BLOCKED_BY: Mapping[str, str] = {
    "finding": "the confirmation of the campaign",
    "unconfirmed": "the confirmation of the campaign",
    "paused": "the campaign: certctl campaigns resume",
    **dict.fromkeys(ENDED, "nothing: the campaign has ended"),
}
"""What certificates wait for while a campaign is not running, by its state."""
COLUMNS: Mapping[str, Column] = {
    "ID": "id",
    "STATE": "state",
    "REASON": "reason",
    "SELECTION": lambda campaign: selected(campaign),
    "DONE": lambda campaign: f"{done(campaign)}/{campaign['total']}",
    "FAILED": lambda campaign: campaign["counts"].get("failed", 0),
    "DEADLINE": "deadline",
    "CREATED": "created_at",
    "BY": name_or_id("requested_by_name", "requested_by"),
}
ITEM_COLUMNS: Mapping[str, Column] = {
    "CERTIFICATE": "certificate_id",
    "NAME": "certificate_name",
    "STATE": "state",
    "OLD": "old_serial_numbers",
    "NEW": "new_serial_number",
    "VERIFIED BY": name_or_id("verified_by_name", "verified_by"),
    "WAITS FOR": lambda item: item["error"] or _waits_of(item),
}
ITEM_FIELDS = fields_of(CampaignItemView)
_COUNT_COLUMNS: Mapping[str, Column] = {
    "STATE": "state",
    "CERTIFICATES": "certificates",
    "WAITS FOR": "waits_for",
}


def _waits_of(item: Mapping[str, Any]) -> str:
    """An earlier release has no windows."""
    if item["state"] != "rekeying" or not item.get("window_until"):
        return WAITS_FOR.get(item["state"], "")
    client = _clients_of(item)
    if item["missed_window"]:
        return f"{client}, which did not renew in its window: have it renew, with a new key"
    return f"{client}, until {item['window_until']}"


def _clients_of(item: Mapping[str, Any]) -> str:
    """An earlier release does not name them."""
    named = ", ".join(each or "one that is not known" for each in item.get("awaited_accounts") or ())
    return f"its ACME client {named}" if named else "its ACME client"


def done(campaign: CampaignView) -> int:
    """The number of certificates of which no old version is in force."""
    return campaign["counts"].get("revoked", 0) + campaign["counts"].get("skipped", 0)


def selected(campaign: CampaignView) -> str:
    """The selection of a campaign: `ca_id=ca-1 algorithm=RSA`; ids are counted."""
    given = {name: value for name, value in campaign["selection"].items() if value}
    parts = [
        counted(len(value), "id") if isinstance(value, list) else f"{name}={value}"
        for name, value in given.items()
    ]
    return " ".join(parts)


def view_of(campaign: CampaignView) -> Sections:
    facts: dict[str, Any] = {**campaign, "selection": selected(campaign)}
    del facts["counts"]
    return Sections(campaign, [("Campaign", Detail(facts)), ("Certificates", counts_of(campaign))])


def counts_of(campaign: CampaignView) -> Listing:
    """A row for each state that occurs, in the order of the work. A state that this client does not know is
    last."""
    counts = campaign["counts"]
    known = [state for state in _STATES if state in counts]
    others = [state for state in counts if state not in _STATES]
    rows = [
        {"state": state, "certificates": counts[state], "waits_for": _waits_for(campaign, state)}
        for state in [*known, *others]
    ]
    return Listing(rows, _COUNT_COLUMNS)


def _waits_for(campaign: CampaignView, state: str) -> str:
    blocked_by = None if state in _ITEM_ENDED else _BLOCKED_BY.get(campaign["state"])
    return blocked_by or WAITS_FOR.get(state, "")
