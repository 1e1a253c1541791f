"""Routes that take more steps of DynamoDB in sequence than their method usually does, with the reasons."""

from collections.abc import Mapping

from certctl.domain.catalog.record_kinds import Kind
from tests.support.catalog.catalog import PATHS
from tests.support.issuing.issuing import CERTIFICATES

_REVOCATIONS = "/api/v1/revocations"
_EAB_KEY = "/api/v1/acme/eab-keys/<eab_key_id>"
MORE_STEPS: Mapping[tuple[str, str, str], int] = {
    # the key, what it names (unless that is cached), the write, then how many accounts it has
    ("POST", "/api/v1/acme/eab-keys", ""): 1,
    ("PUT", _EAB_KEY, ""): 1,
    ("POST", f"{_EAB_KEY}/rotate", ""): 1,
    ("GET", PATHS[Kind.AGENT], "by name"): 1,
    ("GET", PATHS[Kind.TARGET], "by name"): 1,
    ("DELETE", f"{PATHS[Kind.AGENT]}/<agent_id>", ""): 2,
    ("DELETE", f"{PATHS[Kind.AGENT]}/<agent_id>", "forced"): 2,
    # the serials' rows, then their records, then what is around these
    ("GET", "/api/v1/keys/<spki_sha256>", ""): 2,
    # an index row is not always a match: the page reads on twice, and the records of each reading
    ("GET", CERTIFICATES, "by status"): 4,
    ("GET", "/api/v1/notifications", "by status"): 4,
    # a day, the days before it, then the names of whom and what the events are about
    ("GET", "/api/v1/audit", ""): 1,
    ("GET", "/api/v1/audit", "of one"): 1,
    # the job, then the name of who requested it
    ("GET", "/api/v1/jobs/<job_id>", ""): 1,
    # the jobs, then the names of who requested them
    ("GET", "/api/v1/jobs", ""): 1,
    ("GET", "/api/v1/jobs", "by status"): 1,
    ("GET", "/api/v1/jobs", "oldest first"): 1,
    ("GET", "/api/v1/jobs", "open ones"): 1,
    # the job, its change, then the name of who requested it
    ("POST", "/api/v1/jobs/<job_id>/approve", ""): 1,
    ("POST", "/api/v1/jobs/<job_id>/cancel", ""): 1,
    ("POST", "/api/v1/jobs/<job_id>/reject", ""): 1,
    # the campaigns, their jobs, then the names of who requested them; acts also wake the worker
    ("GET", "/api/v1/campaigns", ""): 2,
    ("GET", "/api/v1/campaigns/<campaign_id>", ""): 1,
    ("POST", "/api/v1/campaigns", ""): 1,
    ("POST", "/api/v1/campaigns/<campaign_id>/confirm", ""): 2,
    ("POST", "/api/v1/campaigns/<campaign_id>/pause", ""): 1,
    ("POST", "/api/v1/campaigns/<campaign_id>/resume", ""): 2,
    ("POST", "/api/v1/campaigns/<campaign_id>/cancel", ""): 2,
    # the names of who verified it
    ("POST", "/api/v1/campaigns/<campaign_id>/items/<certificate_id>/verify", ""): 1,
    # the shared report, jobs that wait long for a CSR, their records, when the certificates end, the report
    ("GET", "/api/v1/attention", ""): 3,
    # the kept count of agents, which a small fleet does not have, then the agents
    ("GET", "/api/v1/stats/summary", ""): 1,
    # what is shared, the kept count of agents, all but the days, the days if one has changed, what is shared
    # from then on
    ("GET", "/api/v1/stats/overview", ""): 3,
    ("GET", "/api/v1/metrics", ""): 3,
    ("GET", "/api/v1/metrics/prometheus", ""): 3,
    # the mutes, then the names of who made them and of their certificates
    ("GET", "/api/v1/notifications/mutes", ""): 1,
    # the version, its revocation, then the CRL that lists it
    ("GET", f"{CERTIFICATES}/<certificate_id>", "on hold"): 3,
    # after the write the campaigns of the stack, and the certificate's items of those that run
    ("PUT", f"{CERTIFICATES}/<certificate_id>", ""): 1,
    # the CA, the records of its issuer by the index, then these, then their versions
    ("GET", "/api/v1/authorities/<ca_id>/uses", ""): 2,
    # the CAs, their revocations, then the names of the certificates
    ("GET", _REVOCATIONS, "within its minute"): 1,
    ("GET", _REVOCATIONS, "by time"): 1,
    # the certificate, the index of its places, then these
    ("GET", "/api/v1/inventory/certificates/<fingerprint>/places", ""): 1,
    # the import, its chunk, the places, the certificates, the rows of this second, the contents, our CAs,
    # versions with these fingerprints, whose they are by their names (two steps), the rows, their
    # predecessors, the chunk
    ("PUT", "/api/v1/inventory/imports/<import_id>/chunks/<number>", ""): 9,
    ("POST", "/api/v1/inventory/imports/<import_id>/complete", ""): 4,
    # the owner, rows of indexes, their records, then names and routing
    ("GET", "/api/v1/notifications/digest-preview", "of the default owner"): 3,
    # the serial's shard, its revocation, then the CRL that lists it
    ("GET", f"{_REVOCATIONS}/<serial>", "within its minute"): 2,
}
