"""Items of this room. Names and types of keys are permanent (ADR 1)."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from certctl.store.identity.sessions_attribute import SessionsText
from certctl.store.rows import Item


class SessionListItem(Item):
    """A row of the table of credentials: `key_hash` is `sessions#<ULID of the subject>`. Of its own, for the
    subject's row is read in every call."""

    class Meta:
        table = "credentials"

    key_hash = UnicodeAttribute(hash_key=True)
    sessions = SessionsText()
    revision = NumberAttribute()
    delete_after = NumberAttribute()
