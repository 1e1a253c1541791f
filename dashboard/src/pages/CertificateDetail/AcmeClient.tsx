import { Text } from "@mantine/core";

import type { CertificateDetails } from "../../api/certificates";
import { Facts } from "../../components/Facts";
import { Mono } from "../../components/Mono";
import { Time } from "../../components/Time";
import { Section } from "./Section";

/** Which ACME client renews it, and when; nothing for any other certificate. */
export function AcmeClient({ certificate }: { certificate: CertificateDetails }) {
  // an earlier release of the API has neither
  const { acme, acme_client: client, acme_stopped_at: stopped } = certificate;
  if (!acme) return null;
  const facts = [
    { term: "ACME account", value: <Mono copies="the id">{acme.account_id}</Mono> },
    { term: "EAB key", value: <Mono copies="the id">{acme.eab_key_id}</Mono> },
    { term: "Last order", value: <Time at={client?.last_seen_at ?? null} none="No such ACME account" /> },
    ...(client?.window_start ? [{ term: "Renews from", value: <Time at={client.window_start} /> }] : []),
    ...(client?.window_end ? [{ term: "Renews until", value: <Time at={client.window_end} /> }] : []),
    ...(stopped ? [{ term: "Reported as stopped", value: <Time at={stopped} /> }] : []),
  ];
  return (
    <Section title="Renewed by an ACME client">
      {stopped && (
        <Text size="sm" c="red">
          Its ACME client did not renew it in time. Check the client on its host.
        </Text>
      )}
      <Facts facts={facts} />
    </Section>
  );
}
