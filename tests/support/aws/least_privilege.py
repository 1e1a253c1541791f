"""Checks the AWS calls of functions in process against their own IAM statements in template.yaml, including
the leading keys of rows (`dynamodb:LeadingKeys`), which the local emulator ignores."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, cast

from botocore.exceptions import ClientError
from botocore.handlers import BUILTIN_HANDLERS

from tests.support.aws.accesses import accesses
from tests.support.aws.iam import Access, is_allowed

Folders = frozenset[str]


@dataclass
class Privileges:
    """Refuses calls that AWS would refuse; `refused` records those that the code handled."""

    refused: list[str] = field(default_factory=list)

    def within[S](self, folder: str, service: S) -> S:
        """The service as that function runs it: each of its methods with the function's permissions."""
        return cast(S, _Confined(self, folder, service))

    def of[**P, R](self, folder: str | None, handler: Callable[P, R]) -> Callable[P, R]:
        """The handler with its function's own permissions; None is a test's, which may do all."""

        @wraps(handler)
        def confined(*arguments: P.args, **named: P.kwargs) -> R:
            with self.acting_as(frozenset({folder}) if folder else frozenset()):
                return handler(*arguments, **named)

        return confined

    @contextmanager
    def acting_as(self, folders: Folders) -> Iterator[None]:
        """With the permissions that all of these functions have; without any, as a test, with all
        permissions."""
        before = _ACTING.set(_Acting(self, folders) if folders else None)
        try:
            yield
        finally:
            _ACTING.reset(before)


@dataclass(frozen=True)
class _Acting:
    privileges: Privileges
    folders: Folders

    def check(self, asked: list[Access], operation: str) -> None:
        refused = [
            f"{folder}: {access}"
            for access in asked
            for folder in sorted(self.folders)
            if not is_allowed(folder, access)
        ]
        if refused:
            self.privileges.refused += refused
            message = f"not allowed: {refused}"
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, operation)


_ACTING: ContextVar[_Acting | None] = ContextVar("acting", default=None)


def acting_folders() -> Folders:
    """The functions whose permissions hold here; none for a test's own code."""
    acting = _ACTING.get()
    return acting.folders if acting else frozenset()


@contextmanager
def unconfined() -> Iterator[None]:
    """Permits everything, for a test's own calls within a use case."""
    before = _ACTING.set(None)
    try:
        yield
    finally:
        _ACTING.reset(before)


def require_allowed(service: str, operation: str, parameters: dict[str, Any]) -> None:
    """Raises ClientError as AWS would. For fakes of botocore clients; real ones are always checked."""
    acting = _ACTING.get()
    if acting is not None:
        acting.check(accesses(service, operation, parameters), operation)


def _look(params: dict[str, Any], model: Any, **_: Any) -> None:
    require_allowed(model.service_model.service_name, model.name, params)


# In each session of botocore made from here on, by any code.
BUILTIN_HANDLERS.append(("provide-client-params", _look))


@dataclass(frozen=True)
class _Confined:
    privileges: Privileges
    folder: str
    service: Any

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.service, name)
        return self.privileges.of(self.folder, found) if callable(found) else found


_submit = ThreadPoolExecutor.submit


def submit_in_context[R](
    pool: ThreadPoolExecutor, task: Callable[..., R], /, *arguments: Any, **named: Any
) -> Future[R]:
    """Replaces `ThreadPoolExecutor.submit`: other threads of a function have its permissions too."""
    return _submit(pool, copy_context().run, task, *arguments, **named)
