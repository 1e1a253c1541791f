import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { type AccessPreview as Preview, previewAccess } from "../../../api/accessPreview";
import { Card } from "../../../components/Card";
import { CatalogSelect } from "../../../components/catalog/CatalogSelect";
import { Refusal } from "../../../components/Refusal";
import classes from "../Catalog.module.css";
import { objectIn } from "../fields";
import { Teams } from "./accessParts";
import { Checked } from "./PreviewParts";

const EXAMPLE = '{"sub": "00u1", "groups": ["pki-operators"]}';

/** A JWT has three parts. */
const isToken = (text: string) => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);

/** Null: neither a token nor claims. */
function wantedIn(text: string): { token: string } | { claims: Record<string, unknown> } | null {
  if (isToken(text)) return { token: text };
  const claims = objectIn(text);
  return claims === undefined ? null : { claims };
}

/** What the rules say of a person, before that person signs in. A change of the form takes the result away. */
export function AccessPreview() {
  const [providerId, setProviderId] = useState("");
  const [text, setText] = useState("");
  const [isTried, setTried] = useState(false);
  const preview = useMutation({ mutationFn: previewAccess });
  const wanted = wantedIn(text.trim());
  const ask = () => {
    setTried(true);
    if (providerId !== "" && wanted !== null) preview.mutate({ provider_id: providerId, ...wanted });
  };
  const changed = (change: () => void) => {
    change();
    preview.reset();
  };
  return (
    <Card title="Preview" description="See what the saved rules say of a person, before that person signs in.">
      <Stack gap="sm">
        <CatalogSelect
          kind="identity-providers"
          label="Identity provider"
          required
          value={providerId}
          onChange={(id) => changed(() => setProviderId(id))}
          error={isTried && providerId === "" ? "Required." : undefined}
        />
        <Textarea
          label="Claims or ID token"
          description="Claims as JSON, as the provider's own token preview shows them, or an ID token of the provider."
          required
          rows={5}
          placeholder={EXAMPLE}
          spellCheck={false}
          value={text}
          onChange={({ currentTarget: { value } }) => changed(() => setText(value))}
          error={isTried && wanted === null ? 'Must be an ID token, or a JSON object such as {"groups": ["pki"]}.' : undefined}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={ask} loading={preview.isPending}>
            Preview
          </Button>
        </Group>
        {preview.error !== null && <Refusal error={preview.error} />}
        {preview.data !== undefined && <Result of={preview.data} />}
      </Stack>
    </Card>
  );
}

function Result({ of: { admitted, refusal, grants, rules } }: { of: Preview }) {
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600} role="status">
        {admitted ? "This person can sign in." : "This person cannot sign in."}
      </Text>
      {refusal !== null && <Text size="sm">{refusal}</Text>}
      {grants.map(({ role, teams }) => (
        <Text key={role} size="sm" component="div">
          {role}: <Teams teams={teams} />
        </Text>
      ))}
      {rules.length === 0 && <Text size="sm">This provider has no access rules.</Text>}
      <ul className={classes.checks} aria-label="Rules">
        {rules.map(({ rule_id, name, matched, reason }) => (
          <Checked key={rule_id} passed={matched} name={name}>
            {matched ? "matches" : "does not match"}: {reason}
          </Checked>
        ))}
      </ul>
    </Stack>
  );
}
