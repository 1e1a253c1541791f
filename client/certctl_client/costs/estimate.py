"""The price of a month, and what others would take for the same certificates."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from certctl_client.costs import prices, work
from certctl_client.costs.usage import Usage

_DAYS = prices.MONTH_HOURS / 24
_MONTHS_STORED = 12
_GB = 1e9


def _amount(says: str, default: float = 0, **limits: float) -> Any:
    """A field with its help text, and with its `min` and `max` if they are others than 0 and none."""
    return field(default=default, metadata={"says": says, "limits": {"min": 0, **limits}})


@dataclass(frozen=True)
class Estate:
    """Amounts of a stack: each is an option of `certctl cost`, with this text."""

    certificates: int = _amount("Certificates in use.", 1000)
    renewed_every: float = _amount("Days from one renewal of a certificate to the next.", 31, min=1)
    issued: int = _amount("New certificates a month.")
    acme_renewals: int = _amount("Renewals a month that ACME clients make.")
    revoked: int = _amount("Revocations a month, with two alerts each.")
    alerts: int = _amount("Other alerts a month, by channel.")
    agents: int = _amount("Agents.")
    endpoints: int = _amount(
        "Endpoints that the stack itself probes hourly, 500 at most: agents probe the others.", max=500
    )
    ocsp_answers: int = _amount("OCSP answers a month.")
    api_calls: int = _amount("API calls a month.")
    dashboards: int = _amount("Overview pages that are open around the clock.")
    further_cas: int = _amount("Issuing CAs beside the first.")

    @property
    def renewals(self) -> float:
        """A month's, by the schedule and by ACME clients."""
        return self.certificates * _DAYS / self.renewed_every


@dataclass(frozen=True)
class Line:
    """`each` and `dollars` in US dollars; `each` is the price of one of the amount."""

    part: str
    amount: float
    each: float

    @property
    def dollars(self) -> float:
        return self.amount * self.each


def lines(estate: Estate) -> Iterator[Line]:
    """The parts of a month's price, also those that are nothing."""
    yield Line("idle", 1, sum(work.IDLE.values()))
    yield Line("further CAs", estate.further_cas, work.FURTHER_CA)
    yield Line("ACME server", int(estate.acme_renewals > 0), work.ACME_SERVER)
    yield from _worked(estate)
    yield Line("OCSP answers", estate.ocsp_answers, prices.OCSP_ANSWER)
    yield Line("storage after a year, GB", stored_gigabytes(estate), prices.STORED_GB_MONTH)


def _worked(estate: Estate) -> Iterator[Line]:
    scheduled = max(0.0, estate.renewals - estate.acme_renewals)
    yield _line("certificates issued", estate.issued, work.ISSUED)
    yield _line("renewals", scheduled, work.RENEWED)
    yield _line("renewals by ACME clients", estate.acme_renewals, work.ACME_ORDER)
    yield _line("revocations", estate.revoked, work.REVOKED + work.DELIVERED * 2)
    yield _line("alerts delivered", estate.alerts, work.ALERT_ROWS + work.DELIVERED)
    yield _line("agents", estate.agents, work.AGENT_MONTH)
    yield _line("endpoints", estate.endpoints, work.ENDPOINT_MONTH)
    yield _line("API calls", estate.api_calls, work.API_CALL)
    yield _line("open dashboards", estate.dashboards, work.OPEN_OVERVIEW)


def _line(part: str, amount: float, usage: Usage) -> Line:
    return Line(part, amount, usage.dollars)


def stored_gigabytes(estate: Estate) -> float:
    """The tables after a year of this work, with their indexes; what expires sooner is not subtracted."""
    renewed = _MONTHS_STORED * estate.renewals * work.STORED_BY_A_RENEWAL
    issued = (estate.certificates + _MONTHS_STORED * estate.issued) * work.STORED_BY_AN_ISSUE
    return (renewed + issued) / _GB


def private_ca(estate: Estate) -> float:
    """AWS Private CA, a month: one general-purpose CA, and its certificates. Inventory, renewal, deployment
    and alerts are not part of it."""
    left, total, below = estate.renewals + estate.issued, prices.PRIVATE_CA_MONTH, 0.0
    for up_to, each in prices.PRIVATE_CA_CERTIFICATES:
        taken = left if up_to is None else min(left, up_to - below)
        total, left, below = total + taken * each, left - taken, below + taken
    return total


def virtual_machine() -> float:
    """One virtual machine with its disk and address, and PostgreSQL in one zone, a month."""
    machine = prices.EC2_T4G_MEDIUM_HOUR + prices.PUBLIC_IPV4_HOUR
    disks = 30 * prices.EBS_GP3_GB_MONTH + 50 * prices.RDS_GP3_GB_MONTH
    return (machine + prices.RDS_T4G_MEDIUM_HOUR) * prices.MONTH_HOURS + disks


def two_virtual_machines() -> float:
    """Two of them behind a load balancer, and PostgreSQL in two zones: what survives the loss of one."""
    machines = 2 * prices.EC2_T4G_MEDIUM_HOUR + prices.LOAD_BALANCER_HOUR + 2 * prices.PUBLIC_IPV4_HOUR
    disks = 2 * 30 * prices.EBS_GP3_GB_MONTH + 50 * prices.RDS_GP3_TWO_ZONES_GB_MONTH
    return (machines + prices.RDS_T4G_MEDIUM_TWO_ZONES_HOUR) * prices.MONTH_HOURS + disks
