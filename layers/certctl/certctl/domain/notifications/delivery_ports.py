"""What a delivery reaches outside of its row, as functions that it is given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.circuit_breaker import Answer, Parked, Passage, ProbeDue
from certctl.domain.due_work import Claim, Nudge
from certctl.domain.notifications.delivery import Attempted, Dead, Sent
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.outcomes import Outcome

Send = Callable[[ChannelConfig, Message, float], Outcome]


@dataclass(frozen=True)
class Timing:
    """`deadline` bounds the exchange with the provider; `preparation` what precedes it (two secrets, DNS
    that cannot be interrupted), `completion` the write that follows. All fit into `lease`."""

    lease: timedelta = timedelta(seconds=60)
    deadline: timedelta = timedelta(seconds=10)
    preparation: timedelta = timedelta(seconds=16)
    completion: timedelta = timedelta(seconds=15)

    @property
    def work(self) -> timedelta:
        """From before the send until its outcome is written, at worst."""
        return self.preparation + self.deadline + self.completion


@dataclass(frozen=True)
class World:
    """How deliveries reach what is outside of their rows. `send` returns outcomes and may raise;
    `nudge` takes seconds and is best effort; `has_ended` tells whether the cause of a trigger is over;
    `record` counts an outcome of a channel; `link` leads to the dashboard."""

    send: Send
    nudge: Callable[[Nudge, float], None]
    has_ended: Callable[[Notification], bool]
    record: Callable[[str, str], None]
    link: Callable[[Notification], str]


@dataclass(frozen=True)
class Endings:
    """The turns that are transactions. Each raises LeaseLost where the row is not ours any more."""

    bury: Callable[[Attempted, Dead], None]
    skip: Callable[[Attempted, Sent], None]


@dataclass(frozen=True)
class Floods:
    """Flood control: `fold` takes a row that was held back, `hold_back` one that is about to be sent. Each
    answers whether nothing is left to do for it."""

    fold: Callable[[Claim, Notification], bool]
    hold_back: Callable[[Claim, Notification], bool]


@dataclass(frozen=True)
class Gates:
    """What rows may do at their channels. `look` says it of a claimed row; `take_probe` whether a claim is
    the one that tries an open channel; `park` takes note of a row that was given back; `pause` is until a
    time; `heard` is told of every answer, and raises nothing."""

    look: Callable[[Notification], Passage]
    take_probe: Callable[[Claim, str, ProbeDue], bool]
    park: Callable[[Claim, str, Parked], None]
    pause: Callable[[str, datetime], None]
    heard: Callable[[Answer], None]
