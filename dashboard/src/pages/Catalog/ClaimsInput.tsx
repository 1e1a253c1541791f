import { Alert, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { nameQuery } from "../../components/catalog/options";
import { type ClaimTemplate, CLAIM_TEMPLATES, otherLines, textOf, withText } from "./claimTemplates";

interface ClaimsInputProps {
  /** Id of the identity provider; empty until one is chosen. */
  providerId: string;
  lines: readonly string[];
  onChange: (lines: string[]) => void;
  problem: string | undefined;
}

/** The claims of a trust rule by the names that its provider has for them, and any other claim below. */
export function ClaimsInput({ providerId, lines, onChange, problem }: ClaimsInputProps) {
  const provider = useQuery({ ...nameQuery("identity-providers", providerId), enabled: providerId !== "" });
  if (provider.data === undefined && provider.error === null) {
    return (
      <Text size="sm" c={problem === undefined ? "dimmed" : "red"}>
        Choose the identity provider first: its tokens say what can be asked for.
      </Text>
    );
  }
  const template = CLAIM_TEMPLATES[provider.data?.type ?? "OIDC"];
  return (
    <Stack gap="sm">
      <Text size="sm" fw={600}>
        Tokens of {template.name}
      </Text>
      {problem !== undefined && (
        <Alert color="red" role="alert">
          {problem}
        </Alert>
      )}
      <NamedClaims template={template} lines={lines} onChange={onChange} />
      <OtherClaims template={template} lines={lines} onChange={onChange} />
    </Stack>
  );
}

interface PartProps {
  template: ClaimTemplate;
  lines: readonly string[];
  onChange: (lines: string[]) => void;
}

function NamedClaims({ template, lines, onChange }: PartProps) {
  return template.fields.map((field) => (
    <TextInput
      key={field.claim}
      label={field.label}
      description={field.hint}
      placeholder={field.placeholder}
      required={field.isNeeded === true}
      value={textOf(field, lines)}
      onChange={({ currentTarget: { value } }) => onChange(withText(field, lines, value))}
      autoComplete="off"
      spellCheck={false}
    />
  ));
}

function OtherClaims({ template, lines, onChange }: PartProps) {
  const others = otherLines(template, lines);
  const named = lines.filter((line) => !others.includes(line));
  return (
    <TagsInput
      label="Other claims"
      description="CLAIM=VALUE, or OUTER>INNER=VALUE for a claim within another. Press Enter after each. All claims must hold; of several values of a claim, one. * is any text between / or :."
      value={others}
      onChange={(changed) => onChange([...named, ...changed])}
      splitChars={[]}
      acceptValueOnBlur
      clearable
      clearButtonProps={{ "aria-label": "Clear other claims" }}
    />
  );
}
