"""When a certificate is renewed, how a failed renewal is retried, and when alerts are sent."""

from dataclasses import dataclass
from enum import StrEnum


class OnRenewal(StrEnum):
    """`renew` signs the last request again, for the same key; `rekey` awaits a request for a new one."""

    RENEW = "renew"
    REKEY = "rekey"


@dataclass(frozen=True)
class RenewalPolicy:
    """`renewal_window_days` before its end a certificate is renewed (at most a third of its lifetime).
    `max_retries` and `retry_interval_seconds` are a renewal job's attempts and the first wait between them.
    `alert_thresholds_days` are days before the end."""

    renewal_window_days: int = 30
    auto_renew: bool = True
    max_retries: int = 3
    retry_interval_seconds: int = 60
    alert_thresholds_days: tuple[int, ...] = (30, 14, 7, 0)
    on_renewal: OnRenewal = OnRenewal.RENEW
