"""The identity token of a CI job, a pod or an AWS role, for `certctl login --rule`."""

import subprocess  # the aws program
from collections.abc import Mapping
from pathlib import Path

from certctl_client.api.http import httpx
from certctl_client.errors import ConfigurationError

TOKEN_VARIABLE = "CERTCTL_ID_TOKEN"  # noqa: S105  # the name of a variable
GITHUB_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
GITHUB_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"  # noqa: S105  # the name of a variable
_LONGEST = 16 * 1024
_SECONDS = 20
_AWS = ("aws", "sts", "get-web-identity-token", "--signing-algorithm", "ES384", "--duration-seconds", "300")
_AS_TEXT = ("--query", "WebIdentityToken", "--output", "text")


def job_token(environment: Mapping[str, str], file: Path | None, audience: str) -> str:
    """The token of the file if one is given, else of the CI system that runs this command, else of the AWS
    role. Raises ConfigurationError."""
    if file is not None:
        return _of_file(file)
    if token := environment.get(TOKEN_VARIABLE):
        return token.strip()
    if url := environment.get(GITHUB_URL):
        return _of_github(url, environment.get(GITHUB_TOKEN, ""), audience)
    return _of_aws(audience)


def _of_file(file: Path) -> str:
    """Reads a token that Kubernetes projects into a file, and replaces."""
    try:
        with file.open(encoding="ascii") as opened:
            return opened.read(_LONGEST + 1).strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in ASCII"
        raise ConfigurationError(f"{file} cannot be read: {reason}.") from None


def _of_github(url: str, token: str, audience: str) -> str:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    try:
        response = httpx.get(
            httpx.URL(url).copy_merge_params({"audience": audience}), headers=headers, timeout=_SECONDS
        )
        value = response.json()["value"] if response.is_success else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        value = None
    if not isinstance(value, str):
        raise ConfigurationError(
            "GitHub gave no token for this job.", "The job needs `permissions: id-token: write`."
        )
    return value


def _of_aws(audience: str) -> str:
    """The AWS CLI finds the role's credentials as everywhere: instance, container, environment."""
    try:
        done = subprocess.run(  # noqa: S603  # its arguments are ours, but for the audience
            [*_AWS, "--audience", audience, *_AS_TEXT],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise _nothing_found() from None
    if done.returncode != 0:
        raise ConfigurationError(
            "AWS gave no token for this role.",
            "See `aws sts get-caller-identity`: the role needs sts:GetWebIdentityToken, and the account "
            "outbound identity federation.",
        )
    return done.stdout.strip()


def _nothing_found() -> ConfigurationError:
    return ConfigurationError(
        "There is no identity token for this job.",
        f"In GitHub Actions give the job `permissions: id-token: write`, in GitLab set id_tokens with "
        f"{TOKEN_VARIABLE}, in Kubernetes use --token-file, in AWS install the aws program.",
    )
