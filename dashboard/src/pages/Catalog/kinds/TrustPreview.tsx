import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import type { Row } from "../../../api/catalog";
import type { Schemas } from "../../../api/client";
import { previewTrustRule, previewUnsavedTrustRule, type TrustPreview as Preview } from "../../../api/trustPreview";
import { Can } from "../../../components/session";
import { Card } from "../../../components/Card";
import { Refusal } from "../../../components/Refusal";
import classes from "../Catalog.module.css";
import { bodyOf, objectIn, problemsOf } from "../fields";
import type { TrialProps } from "../kind";
import { Checked } from "./PreviewParts";

type Wanted = Schemas["TrustPreviewBody"];

/** What is in the field: claims start with a brace, a token never does. Null: neither. */
function wantedIn(text: string): Wanted | null {
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
      <Card title="Preview" description={ABOUT}>
        <Questions key={`${row.id} ${row.version}`} ask={(wanted) => previewTrustRule(row.id, wanted)} />
      </Card>
    </Can>
  );
}

/** The same for the rule in the form, before it is saved. */
export function TrustTrial({ fields, draft, onProblems }: TrialProps) {
  const needed = fields.filter(({ name }) => name !== "name" && name !== "id");
  const rule = { ...bodyOf(needed, draft), name: "preview" } as unknown as Schemas["TrustRuleBody"];
  const isReady = () => {
    const problems = problemsOf(needed, draft);
    onProblems(problems);
    return Object.keys(problems).length === 0;
  };
  return (
    <section className={classes.section} aria-label="Preview">
      <Text size="sm" c="dimmed" mb="xs">
        {ABOUT}
      </Text>
      <Questions about={JSON.stringify(rule)} ask={(wanted) => previewUnsavedTrustRule({ rule, ...wanted })} isReady={isReady} isWithin />
    </section>
  );
}

const ABOUT = "See what this rule says of a token. Nothing is issued, and the token is not used up.";

interface QuestionsProps {
  /** The rule: a result is shown while it is as it was asked about. */
  about?: string;
  ask: (wanted: Wanted) => Promise<Preview>;
  /** Whether the rule can be asked. */
  isReady?: () => boolean;
  /** In the form of the rule, whose button saves. */
  isWithin?: boolean;
}

/** What the rule says of a token. A change of the text takes the result away. */
function Questions({ about = "", ask, isReady = () => true, isWithin = false }: QuestionsProps) {
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  const [isTried, setTried] = useState(false);
  const wanted = wantedIn(text);
  const preview = useMutation({ mutationFn: ask });
  const send = () => {
    setTried(true);
    if (wanted === null || !isReady()) return;
    setAsked(about);
    preview.mutate(wanted);
  };
  const change = (value: string) => {
    setText(value);
    preview.reset();
  };
  return (
    <Stack gap="sm">
      <Textarea
        label="Token or claims"
        description="A token is verified as in an exchange. Claims are JSON."
        required={!isWithin}
        rows={4}
        placeholder='{"repository_id": "1296269", "ref": "refs/heads/main"}'
        spellCheck={false}
        value={text}
        onChange={({ currentTarget: { value } }) => change(value)}
        error={isTried && wanted === null ? "Enter a token, or claims as a JSON object." : undefined}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={send} loading={preview.isPending}>
          Preview
        </Button>
      </Group>
      {asked === about && preview.error !== null && <Refusal error={preview.error} />}
      {asked === about && preview.data !== undefined && <Result of={preview.data} />}
    </Stack>
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
