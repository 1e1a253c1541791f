"""ACME accounts and EAB keys as subjects of audit events."""

from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.acme.eab_keys import EabKey
from certctl.unit_of_work.resources import Resource


def account_resource(account: AcmeAccount) -> Resource:
    return Resource("acme_account", account.id, account.team_id)


def eab_key_resource(key: EabKey) -> Resource:
    return Resource("acme_eab_key", key.id, key.team_id)
