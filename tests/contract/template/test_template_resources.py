"""Tables, queues, schedules and the PKI host of template.yaml (ADR 1, ADR 4)."""

import json
from datetime import timedelta
from typing import Any

import pytest

from certctl import config
from certctl.domain.renewal.policies import RenewalPolicy
from tests.support.insights.alarms import alarms
from tests.support.template import (
    ROOT,
    functions,
    load_template,
    references,
    resources_of_type,
    table_definitions,
)

TABLES = resources_of_type("AWS::DynamoDB::Table")
QUEUES = resources_of_type("AWS::SQS::Queue")
DEAD_LETTERS = {"FailedNudgesQueue", "DeadLetterQueue"}

# (partition key, sort key) of each table, then of each index. A key can never change, and only one index per
# update can be added: an edit here is a data migration.
KEYS: dict[str, tuple[tuple[str, ...], dict[str, tuple[str, str]]]] = {
    "certificates": (
        ("certificate_id", "record"),
        {
            "by_month": ("list_month", "list_key"),
            "by_expiry": ("expiry_month", "expiry_key"),
            "by_lifecycle": ("lifecycle", "changed_at"),
            "by_owner": ("owner_id", "list_key"),
            "by_team": ("team_id", "list_key"),
            "by_issuer": ("issuer_id", "list_key"),
            "by_due": ("due_shard", "next_action_at"),
        },
    ),
    "names": (("zone", "name_key"), {"by_certificate": ("certificate_id", "name_key")}),
    "serials": (("ca_serial",), {"by_spki": ("spki_sha256", "ca_serial")}),
    "revocations": (("ca_shard", "serial"), {"by_receipt": ("ca_shard", "due_at")}),
    "notifications": (
        ("notification_id",),
        {
            "by_due": ("due_shard", "due_at"),
            "by_month": ("list_month", "notification_id"),
            "by_certificate": ("certificate_id", "notification_id"),
            "by_dead": ("dead_shard", "dead_at"),
        },
    ),
    "jobs": (
        ("job_id",),
        {
            "by_due": ("due_shard", "due_at"),
            "by_certificate": ("certificate_id", "job_id"),
            "by_agent": ("agent_id", "job_id"),
            "by_status": ("open_status", "job_id"),
            "by_month": ("list_month", "job_id"),
        },
    ),
    "audit": (
        ("day_shard", "event_id"),
        {
            "by_resource": ("resource", "event_id"),
            "by_actor": ("actor_day", "event_id"),
            # added in 0.2.0; CloudFormation adds one index to a table per update
            "by_change": ("change_day_shard", "event_id"),
        },
    ),
    "catalog": (("kind", "id"), {}),
    "credentials": (("key_hash",), {}),
    "state": (("kind", "id"), {}),
    "inventory": (
        ("item_id", "record"),
        {
            "by_month": ("list_shard", "list_key"),
            "by_state": ("state_shard", "list_key"),
            "by_names": ("names_digest", "not_after"),
            "by_subject": ("subject", "subject_key"),
            "by_spki": ("spki_sha256", "item_id"),
            "by_expiry": ("expiry_month", "expiry_key"),
            "by_team": ("team_key", "list_key"),
            "by_owner": ("owner_key", "list_key"),
            "by_due": ("due_shard", "due_at"),
        },
    ),
}
NUMBERS = {"due_shard", "due_at", "next_action_at", "dead_shard", "dead_at"}


def _names(key_schema: list[dict[str, str]]) -> tuple[str, ...]:
    assert [key["KeyType"] for key in key_schema] == ["HASH", "RANGE"][: len(key_schema)]
    return tuple(key["AttributeName"] for key in key_schema)


def _indexes(table: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {i["IndexName"]: _names(i["KeySchema"]) for i in table.get("GlobalSecondaryIndexes", [])}


def _schedules() -> dict[str, dict[str, Any]]:
    return {
        f"{folder}/{name}": event["Properties"]
        for folder, function in functions().items()
        for name, event in function.get("Events", {}).items()
        if event["Type"].startswith("Schedule")
    }


def test_keys_and_indexes_of_all_tables_can_be_reached_by_an_update_of_the_first_release() -> None:
    found = {t["TableName"]: (_names(t["KeySchema"]), _indexes(t)) for t in table_definitions()}
    assert found == KEYS


def test_shards_and_instants_are_numbers_and_all_other_keys_are_text() -> None:
    kinds = {
        (attribute["AttributeName"], attribute["AttributeType"])
        for table in table_definitions()
        for attribute in table["AttributeDefinitions"]
    }
    assert {name for name, kind in kinds if kind == "N"} == NUMBERS
    assert {kind for name, kind in kinds if name not in NUMBERS} == {"S"}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_is_on_demand_recoverable_encrypted_expiring_and_kept(name: str) -> None:
    table = TABLES[name]
    properties = table["Properties"]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    # encrypted with the key that AWS owns: requests to the account's aws/dynamodb key are billed
    assert "SSESpecification" not in properties
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "delete_after", "Enabled": True}
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_indexes_hold_keys_only_but_those_that_are_read_without_their_rows() -> None:
    projections = {
        (table["TableName"], index["IndexName"]): index["Projection"]
        for table in table_definitions()
        for index in table.get("GlobalSecondaryIndexes", [])
    }
    due = projections.pop(("notifications", "by_due"))
    assert due == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["channel_id", "status"]}
    seen = ["crl_seen_at", "ocsp_seen_at", "ocsp_sampled_out"]
    receipts = projections.pop(("revocations", "by_receipt"))
    assert receipts == {"ProjectionType": "INCLUDE", "NonKeyAttributes": seen}
    facts = ["facts", "state", "team_id", "owner_id", "trust", "superseded_by", "renewed_by", "gone_at"]
    months = projections.pop(("inventory", "by_month"))
    assert months == {"ProjectionType": "INCLUDE", "NonKeyAttributes": facts}
    assert list(projections.values()) == [{"ProjectionType": "KEYS_ONLY"}] * len(projections)


def test_every_queue_but_the_dead_letter_ones_is_redriven_to_failed_nudges() -> None:
    redriven = {
        name: queue["Properties"].get("RedrivePolicy", {}).get("deadLetterTargetArn")
        for name, queue in QUEUES.items()
    }
    target = {"Fn::GetAtt": ["FailedNudgesQueue", "Arn"]}
    assert redriven == {name: None if name in DEAD_LETTERS else target for name in QUEUES}
    assert len(QUEUES) == 8


@pytest.mark.parametrize("name", sorted(DEAD_LETTERS))
def test_dead_letters_are_kept_fourteen_days(name: str) -> None:
    assert QUEUES[name]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_the_queue_that_others_are_redriven_to_has_an_alarm() -> None:
    """The other queues are watched by maintenance_schedule, as test_stopped_parts.py holds."""
    passed = load_template()["Resources"]["Monitoring"]["Properties"]["Parameters"]
    (parameter,) = [key for key, value in passed.items() if "FailedNudgesQueue" in references(value)]
    assert any(parameter in references(alarm.get("Dimensions", [])) for alarm in alarms().values())


def test_every_parameter_of_the_monitoring_stack_is_passed_and_used() -> None:
    passed = set(load_template()["Resources"]["Monitoring"]["Properties"]["Parameters"])
    monitoring = load_template(ROOT / "stacks/monitoring.yaml")
    assert passed == set(monitoring["Parameters"])
    assert passed <= references(monitoring["Resources"]) | references(monitoring["Conditions"])


# The root's CRL has no other schedule, nudge or sweep behind it.
RETRIED = {"stack_admin": 2}


@pytest.mark.parametrize("name", sorted(_schedules()))
def test_a_schedule_has_an_age_limit_and_only_the_root_crl_s_is_retried(name: str) -> None:
    policy = _schedules()[name]["RetryPolicy"]
    assert policy["MaximumRetryAttempts"] == RETRIED.get(name.split("/")[0], 0)
    assert 60 <= policy["MaximumEventAgeInSeconds"] <= 3600


def test_a_run_that_the_scheduler_could_not_start_is_seen() -> None:
    assert _schedules()["stack_admin/Upkeep"]["DeadLetterConfig"] == {
        "Arn": {"Fn::GetAtt": ["FailedNudgesQueue", "Arn"]}
    }


def test_the_schedules_are_those_of_the_design() -> None:
    expressions = {name: event["ScheduleExpression"] for name, event in _schedules().items()}
    assert expressions["crl_publisher/EveryMinute"] == "rate(1 minute)"
    assert expressions["maintenance_schedule/EveryFiveMinutes"] == "rate(5 minutes)"
    assert _schedules()["stack_admin/Upkeep"]["Input"] == '{"action":"upkeep"}'
    assert expressions["retry_sweep_schedule/Sweep"] == {"Ref": "NotificationRetryInterval"}
    assert load_template()["Parameters"]["NotificationRetryInterval"]["Default"] == "rate(2 minutes)"
    assert expressions["renewal_schedule/Renew"] == {"Ref": "SchedulerRenewalCheckInterval"}
    assert load_template()["Parameters"]["SchedulerRenewalCheckInterval"]["Default"] == "rate(1 hour)"
    assert expressions["stack_admin/Upkeep"] == "rate(1 hour)"


def test_every_function_that_is_invoked_asynchronously_has_an_on_failure_destination() -> None:
    scheduled = {name.split("/")[0] for name in _schedules()} | {"stack_admin"}
    for folder in scheduled:
        config = functions()[folder]["EventInvokeConfig"]
        assert config["MaximumRetryAttempts"] == RETRIED.get(folder, 0)
        assert config["MaximumEventAgeInSeconds"] >= 60
        destination = config["DestinationConfig"]["OnFailure"]["Destination"]
        assert destination == {"Fn::GetAtt": ["FailedNudgesQueue", "Arn"]}


def test_published_objects_are_private_versioned_and_served_over_plain_http() -> None:
    resources = load_template()["Resources"]
    bucket = resources["PkiBucket"]
    assert bucket["DeletionPolicy"] == "RetainExceptOnCreate"
    assert bucket["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    distribution = resources["PkiDistribution"]["Properties"]["DistributionConfig"]
    assert distribution["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "allow-all"
    assert distribution["Origins"][0]["OriginAccessControlId"] == {"Fn::GetAtt": ["PkiOriginAccess", "Id"]}
    readers, plain = resources["PkiBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert readers["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert "PkiDistribution" in references(readers["Condition"])
    assert (plain["Effect"], plain["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    # a CRL is served whichever protocol CloudFront uses to its origin
    assert (plain["NotAction"], "Action" in plain) == ("s3:GetObject", False)


def test_what_is_not_published_is_read_and_written_over_tls_alone() -> None:
    site = load_template(ROOT / "stacks/dashboard_site.yaml")["Resources"]["SiteBucketPolicy"]
    for policy in (load_template()["Resources"]["AuditBucketPolicy"], site):
        *_, plain = policy["Properties"]["PolicyDocument"]["Statement"]
        assert (plain["Effect"], plain["Action"]) == ("Deny", "s3:*")
        assert plain["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_relying_parties_reach_the_pki_host_by_ipv6_too() -> None:
    distribution = load_template()["Resources"]["PkiDistribution"]["Properties"]["DistributionConfig"]
    assert distribution["IPV6Enabled"] is True


@pytest.mark.parametrize("name", ["PkiBucket", "PkiBucketPolicy", "PkiOriginAccess", "PkiDistribution"])
def test_what_serves_the_urls_inside_certificates_outlives_the_stack(name: str) -> None:
    resource = load_template()["Resources"][name]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_every_table_has_daily_recovery_points_where_they_are_asked_for() -> None:
    backup = load_template()["Resources"]["Backup"]
    (_, arns) = backup["Properties"]["Parameters"]["TableArns"]["Fn::Join"]
    assert sorted(references(arns)) == sorted(TABLES)
    assert backup["Condition"] == "HasBackup"
    assert load_template()["Parameters"]["BackupRetentionDays"]["Default"] == 0
    vault = load_template(ROOT / "stacks/backup.yaml")["Resources"]["Vault"]
    assert (vault["DeletionPolicy"], vault["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_the_alarms_topic_hears_of_a_backup_that_failed() -> None:
    """docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html"""
    rule = load_template(ROOT / "stacks/backup.yaml")["Resources"]["FailedJobs"]["Properties"]
    detail = rule["EventPattern"]["detail"]
    assert (rule["EventPattern"]["source"], detail["backupVaultName"]) == (["aws.backup"], [{"Ref": "Vault"}])
    assert set(detail["state"]) == {"FAILED", "ABORTED", "EXPIRED", "PARTIAL"}
    assert [target["Arn"] for target in rule["Targets"]] == [{"Ref": "AlarmTopicArn"}]
    passed = load_template()["Resources"]["Backup"]["Properties"]["Parameters"]
    assert passed["AlarmTopicArn"] == {"Ref": "AlarmTopicArn"}


def test_no_key_is_multi_region_and_no_update_may_replace_what_certificates_hang_on() -> None:
    templates = [load_template(), load_template(ROOT / "stacks/ca_key.yaml")]
    keys = [r for t in templates for r in t["Resources"].values() if r["Type"] == "AWS::KMS::Key"]
    assert len(keys) == 6
    assert not [key for key in keys if "MultiRegion" in key["Properties"]]
    denied, replaced, _ = json.loads((ROOT / "stacks/stack_policy.json").read_text())["Statement"]
    assert (denied["Effect"], denied["Action"]) == ("Deny", ["Update:Replace", "Update:Delete"])
    # AcmeServer=false leaves the key behind
    assert (replaced["Effect"], replaced["Action"]) == ("Deny", ["Update:Replace"])
    assert replaced["Resource"] == ["LogicalResourceId/AcmeBindingKey"]
    resources = load_template()["Resources"].items()
    kept = {name for name, resource in resources if resource.get("UpdateReplacePolicy") == "Retain"}
    assert set(denied["Resource"]) == {f"LogicalResourceId/{name}" for name in kept - {"AcmeBindingKey"}}


def test_the_api_is_throttled_and_keeps_an_access_log() -> None:
    api = load_template()["Resources"]["HttpApi"]["Properties"]
    assert set(api["DefaultRouteSettings"]) == {"ThrottlingRateLimit", "ThrottlingBurstLimit"}
    assert api["AccessLogSettings"]["DestinationArn"] == {"Fn::GetAtt": ["HttpApiLogGroup", "Arn"]}
    assert (
        "$context.path" not in api["AccessLogSettings"]["Format"]
    )  # it may hold a key; the function's log has it
    assert "Auth" not in api


def test_initialization_runs_again_when_the_package_or_a_key_changes() -> None:
    initialization = load_template()["Resources"]["Initialization"]["Properties"]
    assert initialization["ServiceToken"] == {"Fn::GetAtt": ["StackAdminFunction", "Arn"]}
    assert references(initialization) >= {"CertctlLayer", "RootKey", "IssuingKey"}
    assert initialization["DashboardUrl"] == {"Fn::GetAtt": ["DashboardSite", "Outputs.SiteUrl"]}


def test_initialization_checks_the_private_networks_whenever_they_change() -> None:
    initialization = load_template()["Resources"]["Initialization"]["Properties"]
    assert initialization["AllowedPrivateCidrs"] == {"Ref": "AllowedPrivateCidrs"}
    for name in ("EngineSettings", "AcmeValidationCidrs", "AcmeDnsServers"):
        assert initialization[name] == {"Ref": name}
    assert initialization["NotificationRetentionDays"] == {"Ref": "NotificationRetentionDays"}


def test_no_alert_that_is_not_delivered_and_no_open_expiry_outlives_the_shortest_retention() -> None:
    """With the settings as they are by default; `Initialization` compares those that were chosen."""
    defaults = config.ENGINE_DEFAULTS
    attempts, cap = int(defaults["NotificationMaxAttempts"]), int(defaults["NotificationRetryCapSeconds"])
    delivery = config.duration(defaults["NotificationMaxAge"]) + timedelta(seconds=attempts * cap)
    first_alert = timedelta(days=max(RenewalPolicy().alert_thresholds_days))
    shortest = load_template()["Parameters"]["NotificationRetentionDays"]["MinValue"]
    assert timedelta(days=shortest) >= first_alert + delivery


@pytest.mark.parametrize("name", [n for n in load_template()["Parameters"] if n.endswith("RetentionDays")])
def test_a_retention_has_a_minimum(name: str) -> None:
    parameter = load_template()["Parameters"][name]
    assert "MinValue" in parameter or "AllowedValues" in parameter


def test_receivers_on_private_addresses_are_closed_by_default() -> None:
    parameters = load_template()["Parameters"]
    assert parameters["AllowedPrivateCidrs"]["Default"] == ""
    assert parameters["LocalMode"]["Default"] == ""


def test_audit_seals_are_kept_in_a_bucket_that_lets_nobody_delete_them() -> None:
    bucket = load_template()["Resources"]["AuditBucket"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert bucket["Properties"]["ObjectLockEnabled"] is True
    rule = bucket["Properties"]["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert rule == {"Mode": {"Ref": "AuditLockMode"}, "Days": {"Ref": "AuditLockDays"}}
    assert load_template()["Parameters"]["AuditLockMode"]["Default"] == "COMPLIANCE"


def test_nobody_writes_over_a_seal() -> None:
    policy = load_template()["Resources"]["AuditBucketPolicy"]["Properties"]["PolicyDocument"]
    denied, _plain = policy["Statement"]
    assert (denied["Effect"], denied["Principal"], denied["Action"]) == ("Deny", "*", "s3:PutObject")
    assert denied["Condition"] == {"Null": {"s3:if-none-match": "true"}}
