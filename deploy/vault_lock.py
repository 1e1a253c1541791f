"""The lock of AWS Backup's vault: three days after the deploy that set it, AWS refuses every change of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from deploy import stack as stacks
from deploy.errors import DeployError
from deploy.stack import Stack
from deploy.target import Target

_DAYS, _RETENTION = "BackupLockDays", "BackupRetentionDays"
_NESTED, _OUTPUT = "Backup", "VaultName"


def require_lock_unchanged(target: Target, found: Stack, wanted: Mapping[str, str], now: datetime) -> None:
    """Raises DeployError if the deploy would change a permanent lock: AWS would roll the update back."""
    if not _changes(found.parameters, wanted):
        return
    since = _permanent_since(target, found)
    if since and since <= now:
        raise DeployError(
            f"the lock of the backup vault is permanent since {since:%Y-%m-%d}, so it keeps its value:\n"
            f"  {_DAYS}={found.parameters[_DAYS]}\n"
            f"To end the backups, set {_RETENTION}=0: the vault and its recovery points stay"
        )


def _changes(deployed: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Without backups the vault leaves the stack as it is."""
    locked = deployed.get(_DAYS, "0")
    return locked not in ("0", wanted[_DAYS]) and wanted[_RETENTION] != "0"


def _permanent_since(target: Target, found: Stack) -> datetime | None:
    """The time since when the lock is permanent; None without a vault in the stack, or if its lock can always
    be changed."""
    for each in stacks.resources(target, found.id):
        if each.logical_id == _NESTED:
            return _lock_date(target, stacks.outputs(target, each.physical_id)[_OUTPUT])
    return None


def _lock_date(target: Target, vault: str) -> datetime | None:
    backup: Any = target.session.client("backup")
    date: datetime | None = backup.describe_backup_vault(BackupVaultName=vault).get("LockDate")
    return date
