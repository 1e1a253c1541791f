import { Anchor, Drawer, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { type Endpoint, endpointKeys, getEndpoint } from "../../api/endpoints";
import { LIST_POLL_MS } from "../../api/polling";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { CertificateLink } from "../../components/CertificateLink";
import { type Fact, Facts } from "../../components/Facts";
import { useShownRow } from "../../components/openRow";
import { Can, useCan } from "../../components/session";
import { Empty, QueryView } from "../../components/states";
import { StatusBadge } from "../../components/StatusBadge";
import { Time } from "../../components/Time";
import { isNotFound } from "../../api/errors";
import { Prober } from "./columns";
import { EndpointActions } from "./EndpointActions";
import { FingerprintLinks } from "./FingerprintLinks";
import { HistoryList } from "./HistoryList";
import { IncidentList } from "./IncidentList";
import { EXPECTED, findingLabel, FINDINGS, placeOf, SEVERITY_TONES, STARTTLS } from "./words";

/** One endpoint: what is wrong, what each address shows, and what it was like before. */
export function EndpointDrawer() {
  const { isOpen, shownId, close } = useShownRow();
  const id = shownId ?? "";
  const query = useQuery({
    queryKey: endpointKeys.one(id),
    queryFn: ({ signal }) => getEndpoint(id, signal),
    enabled: isOpen,
    refetchInterval: LIST_POLL_MS,
  });
  return (
    <Drawer opened={isOpen} onClose={close} position="right" size={600} title={query.data === undefined ? "Endpoint" : placeOf(query.data)}>
      {isNotFound(query.error) ? (
        <Empty title="Endpoint not found" icon="search">
          It may have been removed, or belong to a team that you cannot access.
        </Empty>
      ) : (
        <QueryView query={query} what="the endpoint">
          {(endpoint) => <Details endpoint={endpoint} onRemoved={close} />}
        </QueryView>
      )}
    </Drawer>
  );
}

function Details({ endpoint, onRemoved }: { endpoint: Endpoint; onRemoved: () => void }) {
  return (
    <Stack gap="lg">
      <Can permission="endpoints:write">
        <EndpointActions endpoint={endpoint} onRemoved={onRemoved} />
      </Can>
      <Findings endpoint={endpoint} />
      <Facts facts={factsOf(endpoint)} />
      <Showing endpoint={endpoint} />
      <IncidentList id={endpoint.id} />
      <HistoryList id={endpoint.id} />
    </Stack>
  );
}

function Findings({ endpoint: { findings, changed_at } }: { endpoint: Endpoint }) {
  const mayReadAlerts = useCan("notifications:read");
  if (findings.length === 0) return <Text size="sm">{changed_at === null ? "Not probed yet." : "Nothing is wrong here."}</Text>;
  return (
    <section aria-label="Findings">
      <Stack gap="sm">
        {findings.map(({ finding, severity, since, addresses, certificate_id }) => (
          <div key={`${finding} ${certificate_id ?? ""}`}>
            <Group gap="xs">
              <StatusBadge status={finding} label={FINDINGS[finding].label} tone={SEVERITY_TONES[severity]} />
              <Text size="sm" c="dimmed">
                since <Time at={since} />
              </Text>
            </Group>
            <Text size="sm">{FINDINGS[finding].why}</Text>
            <Text size="sm" c="dimmed">
              {addresses.join(", ")}
            </Text>
          </div>
        ))}
        {mayReadAlerts && (
          <Anchor component={Link} to="/notifications?type=EndpointProblem" size="sm">
            Alerts about endpoints
          </Anchor>
        )}
      </Stack>
    </section>
  );
}

function factsOf(endpoint: Endpoint): Fact[] {
  const { server_name, host, starttls, expected, expected_issuer, certificate_ids, team_id, owner_id, created_at } = endpoint;
  return [
    { term: "Expected", value: EXPECTED[expected] },
    ...(expected === "issuer" ? [{ term: "Expected issuer", value: <bdi>{expected_issuer || "That of the certificate"}</bdi> }] : []),
    { term: "Certificates", value: <Certificates ids={certificate_ids} /> },
    { term: "Server name", value: <bdi>{server_name || host}</bdi> },
    { term: "STARTTLS", value: starttls === null ? "No" : STARTTLS[starttls] },
    { term: "Probed by", value: <Prober endpoint={endpoint} /> },
    ...targetFacts(endpoint),
    { term: "Team", value: <CatalogLink kind="teams" id={team_id} /> },
    { term: "Owner", value: <CatalogLink kind="owners" id={owner_id === "" ? null : owner_id} /> },
    { term: "Created", value: <Time at={created_at} /> },
  ];
}

/** None for an endpoint that people made. */
function targetFacts({ target_id, agent_host, deployed_at }: Endpoint): Fact[] {
  if (target_id === null) return [];
  return [
    { term: "Target", value: <CatalogLink kind="targets" id={target_id} /> },
    ...(agent_host === null ? [] : [{ term: "Host", value: <bdi>{agent_host}</bdi> }]),
    { term: "Last deployment", value: <Time at={deployed_at} none="None yet" /> },
  ];
}

function Certificates({ ids }: { ids: readonly string[] }) {
  if (ids.length === 0) return "None";
  return (
    <Stack gap={2}>
      {ids.map((id) => (
        <CertificateLink key={id} id={id} name={null} />
      ))}
    </Stack>
  );
}

/** What each address showed last. */
function Showing({ endpoint: { showing } }: { endpoint: Endpoint }) {
  if (showing.length === 0) return null;
  return (
    <section aria-label="What it shows">
      <Text size="sm" fw={600} mb={6}>
        What it shows
      </Text>
      <Stack gap="sm">
        {showing.map(({ address, fingerprints, version, findings, error }) => (
          <div key={address}>
            <Text size="sm">
              {address || "No address"}
              {version !== null && ` · ${version}`}
            </Text>
            {error !== null && <Text size="sm">{error}</Text>}
            <FingerprintLinks fingerprints={fingerprints} />
            {findings.length > 0 && (
              <Text size="sm" c="dimmed">
                {findings.map(findingLabel).join(", ")}
              </Text>
            )}
          </div>
        ))}
      </Stack>
    </section>
  );
}
