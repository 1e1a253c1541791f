import { Anchor, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { type EndpointIncident, endpointKeys, listEndpointIncidents } from "../../api/endpoints";
import { CertificateLink } from "../../components/CertificateLink";
import { QueryView } from "../../components/states";
import { StatusBadge } from "../../components/StatusBadge";
import { ExactTime } from "../../components/Time";
import { FINDINGS, otherEndpoints, SEVERITY_TONES } from "./words";

/** The newest incident of each finding, with the endpoints that have it: those of one certificate are one incident. */
export function IncidentList({ id }: { id: string }) {
  const query = useQuery({ queryKey: endpointKeys.incidents(id), queryFn: ({ signal }) => listEndpointIncidents(id, signal) });
  return (
    <section aria-label="Incidents">
      <Text size="sm" fw={600} mb={6}>
        Incidents
      </Text>
      <QueryView query={query} what="the incidents">
        {(incidents) => <Incidents incidents={incidents} />}
      </QueryView>
    </section>
  );
}

function Incidents({ incidents }: { incidents: readonly EndpointIncident[] }) {
  if (incidents.length === 0) return <Text size="sm">None so far.</Text>;
  return (
    <Stack gap="sm">
      {incidents.map((incident) => (
        <Incident key={`${incident.finding} ${incident.certificate_id ?? ""}`} incident={incident} />
      ))}
    </Stack>
  );
}

function Incident({ incident }: { incident: EndpointIncident }) {
  const { finding, severity, certificate_id, closed_at, has_alert } = incident;
  const label = FINDINGS[finding].label;
  return (
    <div>
      <Group gap="xs">
        {closed_at === null ? (
          <StatusBadge status={finding} label={`${label}: open`} tone={SEVERITY_TONES[severity]} />
        ) : (
          <StatusBadge status={finding} label={`${label}: over`} tone="idle" />
        )}
        {certificate_id !== null && <CertificateLink id={certificate_id} name={null} />}
      </Group>
      <Text size="xs" c="dimmed" component="div">
        <Span incident={incident} />
        {!has_alert && " · no alert"}
      </Text>
      <Affected incident={incident} />
    </div>
  );
}

function Span({ incident: { opened_at, closed_at, reopened_at } }: { incident: EndpointIncident }) {
  return (
    <>
      <ExactTime at={opened_at} />
      {closed_at !== null && (
        <>
          {" – "}
          <ExactTime at={closed_at} />
        </>
      )}
      {reopened_at !== null && (
        <>
          {" · back since "}
          <ExactTime at={reopened_at} />
        </>
      )}
    </>
  );
}

function Affected({ incident: { endpoints, named } }: { incident: EndpointIncident }) {
  const others = endpoints - named.length;
  if (endpoints === 0) return null;
  return (
    <Text size="sm" component="div">
      {named.map(({ endpoint_id, name }, index) => (
        <span key={endpoint_id}>
          {index > 0 && ", "}
          <Anchor component={Link} to={`/endpoints?open=${encodeURIComponent(endpoint_id)}`} size="sm">
            {name}
          </Anchor>
        </span>
      ))}
      {others > 0 && `${named.length > 0 ? " and " : ""}${otherEndpoints(others)}`}
    </Text>
  );
}
