"""AWS Certificate Manager: the certificate is imported with the host's own role, so that the key never passes
the control plane. Needs boto3.

An import replaces a certificate atomically, so there is nothing to restore. Without an ARN in the
configuration the first import creates one, and later imports find it by its tags.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography import x509

from certctl_client.agent.bundles import Bundle, fingerprint_of
from certctl_client.agent.errors import DeploymentFailed, WorkRefused
from certctl_client.agent.targets.base import Assignment, Snapshot

_NO_BOTO3 = (
    "This host lacks boto3. Beside the Debian package of the agent: apt install python3-boto3. "
    "In a virtual environment: pip install boto3."
)
_TARGET_TAG, _CERTIFICATE_TAG = "certctl:target", "certctl:certificate"
# Without a filter ACM lists certificates with RSA-2048 keys only.
_KEY_TYPES = ["RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]


@dataclass(frozen=True)
class AcmCertificate:
    """`client` is boto3's. `arn` is None until the first import."""

    client: Any
    arn: str | None
    assignment: Assignment

    def snapshot(self) -> Snapshot:
        arn = self._known_arn()
        return Snapshot({"arn": arn, "held": self._held(arn) if arn else None})

    def install(self, bundle: Bundle) -> None:
        arn = self._known_arn()
        place: dict[str, Any] = {"CertificateArn": arn} if arn else {"Tags": self._tags()}
        chain = {"CertificateChain": bundle.chain} if bundle.chain else {}
        self._called("import_certificate", Certificate=bundle.leaf, PrivateKey=bundle.key, **chain, **place)

    def verify(self, bundle: Bundle) -> str | None:
        arn = self._known_arn()
        if arn is None or self._held(arn) != bundle.fingerprint:
            raise DeploymentFailed("ACM does not hold the new certificate.")
        return bundle.fingerprint

    def restore(self, snapshot: Snapshot) -> None:
        """Raises if the import was done: ACM does not return keys, so the former certificate is lost."""
        arn, held = snapshot.values["arn"], snapshot.values["held"]
        if arn is not None and self._held(arn) != held:
            raise DeploymentFailed("ACM holds the new certificate; it keeps no copy of the former one.")

    def _known_arn(self) -> str | None:
        return self.arn or next(self._tagged(), None)

    def _tagged(self) -> Iterator[str]:
        own_tags = {tag["Key"]: tag["Value"] for tag in self._tags()}
        for arn in self._of_this_name():
            tags = self._called("list_tags_for_certificate", CertificateArn=arn)["Tags"]
            if own_tags.items() <= {tag["Key"]: tag.get("Value", "") for tag in tags}.items():
                yield arn

    def _of_this_name(self) -> Iterator[str]:
        more: dict[str, str] = {}
        while True:
            page = self._called("list_certificates", Includes={"keyTypes": _KEY_TYPES}, **more)
            for summary in page["CertificateSummaryList"]:
                if self._may_be_ours(summary):
                    yield summary["CertificateArn"]
            if not page.get("NextToken"):
                return
            more = {"NextToken": page["NextToken"]}

    def _may_be_ours(self, summary: Mapping[str, Any]) -> bool:
        """Whether a certificate may be ours: reading its tags costs a call, which other names save."""
        names = {summary.get("DomainName"), *summary.get("SubjectAlternativeNameSummaries", ())} - {None, ""}
        return not names or self.assignment.common_name in names

    def _held(self, arn: str) -> str | None:
        pem: str = self._called("get_certificate", CertificateArn=arn)["Certificate"]
        return fingerprint_of(x509.load_pem_x509_certificate(pem.encode()))

    def _tags(self) -> list[dict[str, str]]:
        ids = {
            _TARGET_TAG: self.assignment.target_id,
            _CERTIFICATE_TAG: self.assignment.certificate_id,
        }
        return [{"Key": key, "Value": value} for key, value in ids.items()]

    def _called(self, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """Raises DeploymentFailed with AWS's code, never with what was sent."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            response: Mapping[str, Any] = getattr(self.client, operation)(**parameters)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "an error")
            raise DeploymentFailed(f"ACM returned {code} for {operation}.") from None
        except BotoCoreError as error:
            raise DeploymentFailed(f"ACM cannot be reached ({type(error).__name__}).") from None
        return response


def acm(assignment: Assignment) -> AcmCertificate:
    region, arn = assignment.config.get("region"), assignment.config.get("certificate_arn")
    if not isinstance(region, str) or not region:
        raise WorkRefused("region is not set.")
    if arn is not None and not (isinstance(arn, str) and arn.startswith("arn:")):
        raise WorkRefused("certificate_arn is not an ARN.")
    if arn is not None and arn.split(":")[3:4] != [region]:
        raise WorkRefused(f"certificate_arn is not in the region {region}.")
    assignment.consent.require_acm(region, arn)
    return AcmCertificate(_client(region), arn, assignment)


def _client(region: str) -> Any:
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        raise WorkRefused(_NO_BOTO3) from None
    limits = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 4})
    session: Any = boto3.session.Session()
    return session.client("acm", region_name=region, config=limits)
