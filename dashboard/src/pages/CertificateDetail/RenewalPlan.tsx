import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { CertificateDetails } from "../../api/certificates";
import { nameQuery } from "../../components/catalog/options";
import { planInWords } from "./planInWords";
import { Section } from "./Section";

export function RenewalPlan({ certificate }: { certificate: CertificateDetails }) {
  const { data: policy } = useQuery(nameQuery("renewal-policies", certificate.renewal_policy_id));
  if (policy === undefined || !("auto_renew" in policy)) return null;
  return (
    <Section title="Renewal plan">
      {planInWords(certificate, policy).map((sentence) => (
        <Text key={sentence} size="sm">
          {sentence}
        </Text>
      ))}
    </Section>
  );
}
