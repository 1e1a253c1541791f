"""What a deleted stack leaves behind, why, and the commands that remove it."""

from collections.abc import Iterator, Mapping, Sequence

from deploy.stack import Resource

_REASONS = {
    "AuditBucket": "the sealed audit trail; Object Lock holds it",
    "AuditSealKey": "its public key proves the seals",
    "PkiBucket": "certificates name the CRLs and CA certificates in it",
    "AWS::DynamoDB::Table": "the inventory, the audit trail, revocations and keys",
    "AWS::KMS::Key": "a deleted key never comes back, and with it no CRL of its CA",
    "AWS::S3::BucketPolicy": "lets the distribution read the CRLs",
    "AWS::CloudFront::Distribution": "certificates that are still valid name its host",
    "AWS::CloudFront::OriginAccessControl": "lets the distribution read the CRLs",
    "AWS::CloudFront::CachePolicy": "the distribution uses it",
    "AWS::CloudFront::OriginRequestPolicy": "the distribution uses it",
    "AWS::CloudFront::Function": "the distribution uses it",
    "AWS::Backup::BackupVault": "the recovery points of the tables; a lock holds them",
}
_COMMANDS: Mapping[str, Sequence[str]] = {
    "AWS::DynamoDB::Table": (
        "aws dynamodb update-table --table-name {id} --no-deletion-protection-enabled",
        "aws dynamodb delete-table --table-name {id}",
    ),
    "AWS::KMS::Key": ("aws kms schedule-key-deletion --key-id {id} --pending-window-in-days 30",),
    "AWS::S3::Bucket": (
        "# empty it in the console (all versions; what Object Lock holds goes only after its time)",
        "aws s3api delete-bucket --bucket {id}",
    ),
    "AWS::CloudFront::Distribution": (
        "# disable it in the console and wait until it is deployed",
        "aws cloudfront delete-distribution --id {id} "
        "--if-match $(aws cloudfront get-distribution --id {id} --query ETag --output text)",
    ),
    "AWS::CloudFront::OriginAccessControl": (
        "aws cloudfront delete-origin-access-control --id {id} "
        "--if-match $(aws cloudfront get-origin-access-control --id {id} --query ETag --output text)",
    ),
    "AWS::CloudFront::CachePolicy": (
        "aws cloudfront delete-cache-policy --id {id} "
        "--if-match $(aws cloudfront get-cache-policy --id {id} --query ETag --output text)",
    ),
    "AWS::CloudFront::OriginRequestPolicy": (
        "aws cloudfront delete-origin-request-policy --id {id} "
        "--if-match $(aws cloudfront get-origin-request-policy --id {id} --query ETag --output text)",
    ),
    "AWS::CloudFront::Function": (
        "aws cloudfront delete-function --name {name} "
        "--if-match $(aws cloudfront describe-function --name {name} --query ETag --output text)",
    ),
    "AWS::Backup::BackupVault": (
        "# delete its recovery points in the console; a locked one goes only after its time",
        "aws backup delete-backup-vault --backup-vault-name {id}",
    ),
}


def why(resource: Resource) -> str:
    """The reason for the resource itself, else for its type."""
    by_type = _REASONS.get(resource.kind, "its deletion policy keeps it")
    return _REASONS.get(resource.logical_id, by_type)


def removing(kept: Sequence[Resource], region: str) -> Iterator[str]:
    """Lines for a shell; the order is that in which AWS lets them go."""
    order = list(_COMMANDS)
    known = [each for each in kept if each.kind in _COMMANDS]
    for each in sorted(known, key=lambda each: (order.index(each.kind), each.logical_id)):
        yield f"# {each.logical_id}: {why(each)}"
        for command in _COMMANDS[each.kind]:
            # of an ARN, the name alone
            name = each.physical_id.rpartition("/")[2]
            yield _with_region(command.format(id=each.physical_id, name=name), region)


def _with_region(command: str, region: str) -> str:
    return command if command.startswith(("#", "aws cloudfront")) else f"{command} --region {region}"
