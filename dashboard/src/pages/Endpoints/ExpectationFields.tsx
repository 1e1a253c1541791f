import { Select, TextInput } from "@mantine/core";

import type { Expected } from "../../api/endpoints";
import { CertificateSelect } from "../../components/CertificatePicker";
import type { ExpectationDraft } from "./draft";
import { EXPECTED } from "./words";

const OPTIONS = Object.entries(EXPECTED).map(([value, label]) => ({ value, label }));

interface ExpectationFieldsProps {
  draft: ExpectationDraft;
  onChange: (fields: Partial<ExpectationDraft>) => void;
}

/** What an endpoint should serve. */
export function ExpectationFields({ draft: { first, second, expected, issuer }, onChange }: ExpectationFieldsProps) {
  return (
    <>
      <CertificateSelect value={first} onChange={(id) => onChange({ first: id, ...(id === "" && { second: "" }) })} isOptional />
      {first !== "" && (
        <CertificateSelect label="Second certificate" value={second} onChange={(id) => onChange({ second: id })} isOptional />
      )}
      <Select
        label="Expected"
        description="What may be served there."
        placeholder={first === "" ? EXPECTED.any_valid : EXPECTED.version}
        value={expected === "" ? null : expected}
        onChange={(value) => onChange({ expected: (value ?? "") as Expected | "" })}
        data={OPTIONS}
        clearable
        clearButtonProps={{ "aria-label": "Clear expected" }}
      />
      {expected === "issuer" && (
        <TextInput
          label="Expected issuer"
          description="Its name, such as CN=Example CA,O=Example. Empty: the issuer of the certificate."
          value={issuer}
          onChange={(event) => onChange({ issuer: event.currentTarget.value })}
          maxLength={512}
        />
      )}
    </>
  );
}

export const EXPECTATION_LABELS = { expected: "Expected", expected_issuer: "Expected issuer" } as const;
