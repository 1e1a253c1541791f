"""Validates a channel's settings before they are saved. Reads no secret, calls nobody."""

from collections.abc import Callable, Collection

from certctl.connectors.address_guard import AddressGuard, UrlRefused
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.definitions import ChannelKinds
from certctl.domain.channels.kinds.email import Transport, host_of, port_of, refuse_exposure, transport_of
from certctl.domain.channels.secret_destinations import refuse_foreign_host
from certctl.domain.channels.settings import check_values, field_of, form_problems, plain_urls
from certctl.domain.errors import FieldProblem, InvalidInput
from certctl.domain.kinds import ChannelKind
from certctl.domain.networks import Reach
from certctl.domain.urls import split_url

_HTTPS = 443


class ChannelChecks:
    """The forms first, then the values, then the addresses: only a name that could be saved is looked up."""

    def __init__(
        self,
        guard: AddressGuard,
        stack: str,
        hosts: Collection[str],
        kinds: ChannelKinds,
    ) -> None:
        self._guard = guard
        self._stack = stack
        self._hosts = hosts
        self._kinds = kinds

    def check(self, config: ChannelConfig, before: ChannelConfig | None = None) -> None:
        """Raises InvalidInput, with the settings' names and never a value. `before` is the stored channel:
        where its key was sent before, it may still be sent."""
        self._kinds.require(config.kind)
        checks = [self._forms, self._values, self._destinations]
        if before is None or self._keys(before) != self._keys(config):
            checks.append(self._provider)
        for problems_of in checks:
            problems = problems_of(config)
            if problems:
                raise InvalidInput("These settings cannot be saved.", problems)

    def _forms(self, config: ChannelConfig) -> list[FieldProblem]:
        return form_problems(self._kinds.of(config.kind), config.settings, self._stack)

    def _values(self, config: ChannelConfig) -> list[FieldProblem]:
        try:
            check_values(self._kinds.of(config.kind), config.settings)
        except InvalidInput as error:
            return [FieldProblem(field_of(problem.field), problem.message) for problem in error.problems]
        return []

    def _destinations(self, config: ChannelConfig) -> list[FieldProblem]:
        urls = plain_urls(self._kinds.of(config.kind), config.settings)
        refused = [_refusal(name, self._guard.check_url, url) for name, url in urls.items()]
        if config.kind == ChannelKind.EMAIL and transport_of(config.settings) is Transport.SMTP:
            refused.append(_refusal("host", self._check_mail_host, config))
        return [problem for problem in refused if problem]

    def _provider(self, config: ChannelConfig) -> list[FieldProblem]:
        refused = _refusal("url", self._check_provider, config)
        return [refused] if refused else []

    def _check_provider(self, config: ChannelConfig) -> None:
        """Checks the host of a provider. In local mode everything on this machine is allowed: receivers of
        tests are not gateways."""
        try:
            refuse_foreign_host(self._kinds.of(config.kind), config.settings, self._hosts)
        except InvalidInput:
            host = split_url(config.settings["url"]).host
            target = self._guard.resolve_host(f"[{host}]" if ":" in host else host, _HTTPS)
            if target.reach is not Reach.LOCAL:
                raise

    def _check_mail_host(self, config: ChannelConfig) -> None:
        """The notifier checks the same again at each send."""
        target = self._guard.resolve_host(host_of(config.settings), port_of(config.settings))
        refuse_exposure(config.settings, target)

    def _keys(self, config: ChannelConfig) -> list[str | None]:
        """The URL and the secrets that are sent to it."""
        known = self._kinds.of(config.kind).settings
        return [config.settings.get(name) for name in known if known[name].is_secret or name == "url"]


def _refusal[T](setting: str, check: Callable[[T], None], value: T) -> FieldProblem | None:
    try:
        check(value)
    except UrlRefused as refused:
        return FieldProblem(field_of(setting), refused.detail)
    except InvalidInput as error:
        (problem,) = error.problems
        return FieldProblem(field_of(problem.field), problem.message)
    return None
