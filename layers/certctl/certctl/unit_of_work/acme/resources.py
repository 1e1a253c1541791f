"""ACME accounts as subjects of audit events."""

from certctl.domain.acme.accounts import AcmeAccount
from certctl.unit_of_work.resources import Resource


def account_resource(account: AcmeAccount) -> Resource:
    return Resource("acme_account", account.id, account.team_id)
