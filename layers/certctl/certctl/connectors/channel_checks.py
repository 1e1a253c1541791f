"""Whether a channel's settings can be meant, asked before they are saved. Reads no secret, calls nobody."""

from collections.abc import Callable

from certctl.connectors.address_guard import AddressGuard, UrlRefused
from certctl.connectors.channel_settings import check_settings
from certctl.connectors.mail_settings import Transport, host_of, port_of, refuse_exposure, transport_of
from certctl.domain.channel_settings import field_of, form_problems, plain_urls
from certctl.domain.channels import ChannelConfig, ChannelKind
from certctl.domain.errors import FieldProblem, InvalidInput


class ChannelChecks:
    """The forms first, then the values, then where they lead: a name is looked up only for what could be
    saved."""

    def __init__(self, guard: AddressGuard, stack: str) -> None:
        self._guard = guard
        self._stack = stack

    def check(self, config: ChannelConfig) -> None:
        """Raises InvalidInput, with the settings' names and never a value."""
        for problems_of in (self._forms, _values, self._destinations):
            problems = problems_of(config)
            if problems:
                raise InvalidInput("These settings cannot be saved.", problems)

    def _forms(self, config: ChannelConfig) -> list[FieldProblem]:
        return form_problems(config.kind, config.settings, self._stack)

    def _destinations(self, config: ChannelConfig) -> list[FieldProblem]:
        urls = plain_urls(config.kind, config.settings)
        refused = [_refusal(name, self._guard.check_url, url) for name, url in urls.items()]
        if config.kind is ChannelKind.EMAIL and transport_of(config.settings) is Transport.SMTP:
            refused.append(_refusal("host", self._check_mail_host, config))
        return [problem for problem in refused if problem]

    def _check_mail_host(self, config: ChannelConfig) -> None:
        """The notifier asks the same again at each send."""
        target = self._guard.resolve_host(host_of(config.settings), port_of(config.settings))
        refuse_exposure(config.settings, target)


def _values(config: ChannelConfig) -> list[FieldProblem]:
    try:
        check_settings(config)
    except InvalidInput as error:
        return [FieldProblem(field_of(problem.field), problem.message) for problem in error.problems]
    return []


def _refusal[T](setting: str, check: Callable[[T], None], value: T) -> FieldProblem | None:
    try:
        check(value)
    except UrlRefused as refused:
        return FieldProblem(field_of(setting), refused.detail)
    except InvalidInput as error:
        (problem,) = error.problems
        return FieldProblem(field_of(problem.field), problem.message)
    return None
