import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Certificate } from "../../api/certificates";
import { nameQuery } from "../../components/catalog/options";
import { planInWords } from "./planInWords";
import { Section } from "./Section";
import { useVersions } from "./useVersions";

export function RenewalPlan({ certificate }: { certificate: Certificate }) {
  const { data: policy } = useQuery(nameQuery("renewal-policies", certificate.renewal_policy_id));
  const { rows } = useVersions(certificate);
  const current = rows.find(({ serial_number }) => serial_number === certificate.serial_number);
  if (policy === undefined || !("auto_renew" in policy)) return null;
  return (
    <Section title="Renewal plan">
      {planInWords(certificate, policy, current?.not_before ?? null).map((sentence) => (
        <Text key={sentence} size="sm">
          {sentence}
        </Text>
      ))}
    </Section>
  );
}
