import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import type { Row } from "../../../api/catalog";
import { previewTrustRule, type TrustPreview as Preview } from "../../../api/trustPreview";
import { Can } from "../../../components/session";
import { Card } from "../../../components/Card";
import { Refusal } from "../../../components/Refusal";
import classes from "../Catalog.module.css";
import { objectIn } from "../fields";
import { Checked } from "./PreviewParts";

/** What is in the field: claims start with a brace, a token never does. Null: neither. */
function wantedIn(text: string) {
  const given = text.trim();
  if (!given.startsWith("{")) return given === "" ? null : { token: given };
  const claims = objectIn(given);
  return claims === undefined ? null : { claims };
}

interface TrustPreviewProps {
  row: Row<"trust-rules">;
}

export function TrustPreview({ row }: TrustPreviewProps) {
  return (
    <Can permission="trust-rules:write">
      <Form key={`${row.id} ${row.version}`} row={row} />
    </Can>
  );
}

/** What the rule says of a token. A change of the text takes the result away. */
function Form({ row }: TrustPreviewProps) {
  const [text, setText] = useState("");
  const [isTried, setTried] = useState(false);
  const wanted = wantedIn(text);
  const preview = useMutation({ mutationFn: (body: NonNullable<typeof wanted>) => previewTrustRule(row.id, body) });
  const ask = () => {
    setTried(true);
    if (wanted !== null) preview.mutate(wanted);
  };
  const change = (value: string) => {
    setText(value);
    preview.reset();
  };
  return (
    <Card title="Preview" description="See what this rule says of a token. Nothing is issued, and the token is not used up.">
      <Stack gap="sm">
        <Textarea
          label="Token or claims"
          description="A token is verified as in an exchange. Claims are JSON."
          required
          rows={4}
          placeholder='{"repository_id": "1296269", "ref": "refs/heads/main"}'
          spellCheck={false}
          value={text}
          onChange={({ currentTarget: { value } }) => change(value)}
          error={isTried && wanted === null ? "Enter a token, or claims as a JSON object." : undefined}
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

function Result({ of: { admitted, refusal, checks, warnings } }: { of: Preview }) {
  return (
    <div>
      <Text size="sm" fw={600} role="status">
        {admitted ? "The rule admits it." : "The rule does not admit it."}
      </Text>
      {refusal !== null && <Text size="sm">{refusal}</Text>}
      <ul className={classes.checks} aria-label="Checks">
        {checks.map(({ name, passed, detail }) => (
          <Checked key={name} passed={passed} name={name}>
            {passed ? "passes" : "does not pass"}
            {detail !== "" && `: ${detail}`}
          </Checked>
        ))}
      </ul>
      {warnings.map((warning) => (
        <Text key={warning} size="sm" mt="xs">
          {warning}
        </Text>
      ))}
    </div>
  );
}
