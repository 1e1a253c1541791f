"""A session as a sign-in with a provider starts it, without the provider."""

from collections.abc import Sequence
from datetime import timedelta

from certctl.domain.access.permissions import Grant, Role
from certctl.domain.access.sign_in import SignIn
from certctl.domain.access.subjects import Subject, SubjectKind, new_subject
from certctl.store.access.subjects import SubjectStore
from tests.support.functions.deployed import Deployed
from tests.support.functions.functions import api_modules


def new_user(stack: Deployed, role: Role, teams: Sequence[str] = ("*",)) -> Subject:
    subject = new_subject(SubjectKind.USER, [Grant(role, tuple(teams))], stack.clock())
    stack.database.write(SubjectStore(stack.database).create_step(subject))
    return subject


def signed_in(stack: Deployed, user: Subject, ago: timedelta = timedelta()) -> str:
    """The text of a session of a user who proved who they are `ago`."""
    sessions = api_modules()["identity_api"].services.sessions
    text: str = sessions.start(user, SignIn(stack.clock() - ago, "idp-corp")).text
    return text
