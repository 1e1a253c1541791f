import { Anchor, Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";

import type { ForeseenViolation, PolicyRule } from "../../../api/policyPreview";
import { saveCsv } from "../../../components/certificateCsv";
import { Icon } from "../../../components/Icon";
import { Refusal } from "../../../components/Refusal";
import classes from "../Catalog.module.css";
import { bodyOf, problemsOf } from "../fields";
import type { TrialProps } from "../kind";
import { type Findings, usePolicyPreview } from "./usePolicyPreview";

const MOST_SHOWN = 100;

const CSV_COLUMNS = {
  certificate_id: (row: ForeseenViolation) => row.certificate_id,
  common_name: (row: ForeseenViolation) => row.common_name,
  team_id: (row: ForeseenViolation) => row.team_id,
  reasons: (row: ForeseenViolation) => row.reasons.join("; "),
  reason_count: (row: ForeseenViolation) => row.reason_count,
};

/** Evaluates the rule in the form against the certificates that exist, before it is saved. */
export function PolicyPreview({ fields, draft, onProblems }: TrialProps) {
  const [asked, setAsked] = useState<PolicyRule | null>(null);
  const ofRule = fields.filter(({ name }) => name === "type" || name.startsWith("config."));
  const now = bodyOf(ofRule, draft) as unknown as PolicyRule;
  const isCurrent = asked !== null && JSON.stringify(asked) === JSON.stringify(now);
  const preview = usePolicyPreview(isCurrent ? asked : null);
  const ask = () => {
    const problems = problemsOf(ofRule, draft);
    onProblems(problems);
    if (Object.keys(problems).length === 0) setAsked(now);
  };
  return (
    <section className={classes.section} aria-label="Preview">
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="dimmed">
          {asked !== null && !isCurrent ? "The rule has changed since the preview." : "Preview which existing certificates would violate this policy."}
        </Text>
        <Button size="compact-sm" variant="default" onClick={ask} loading={isCurrent && preview.isReading}>
          Preview
        </Button>
      </Group>
      {isCurrent && preview.error !== null && <Refusal error={preview.error} />}
      {isCurrent && preview.findings !== null && (
        <Found findings={preview.findings} isComplete={preview.isComplete} severity={String(draft.severity ?? "")} />
      )}
      {isCurrent && preview.findings !== null && !preview.isComplete && !preview.isReading && (
        <Button mt="xs" size="compact-sm" variant="default" onClick={preview.error === null ? preview.readMore : () => void preview.retry()}>
          Check more certificates
        </Button>
      )}
    </section>
  );
}

const number = (count: number) => count.toLocaleString("en");
const certificates = (count: number) => (count === 1 ? "1 certificate" : `${number(count)} certificates`);

interface FoundProps {
  findings: Findings;
  isComplete: boolean;
  severity: string;
}

function Found({ findings, isComplete, severity }: FoundProps) {
  const { violations } = findings;
  return (
    <>
      <Text size="sm" fw={600} mt="sm" role="status">
        {resultInWords(findings, isComplete)}
      </Text>
      <Text size="sm" c="dimmed">
        {coverageInWords(findings, isComplete)}
      </Text>
      {violations.length > 0 && (
        <>
          <Text size="sm" mt={4}>
            {severity === "Warning" ? "A warning records each and refuses nothing." : "Their renewals and edits would be refused until they comply."}
          </Text>
          <ul className={classes.foreseen} aria-label="Certificates that would violate it">
            {violations.slice(0, MOST_SHOWN).map((violation) => (
              <Violating key={violation.certificate_id} violation={violation} />
            ))}
          </ul>
          <Group justify="space-between" gap="xs">
            <Text size="xs" c="dimmed">
              {violations.length > MOST_SHOWN && `The first ${number(MOST_SHOWN)} of ${number(violations.length)}.`}
            </Text>
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<Icon name="download" size={14} />}
              onClick={() => saveCsv("policy-preview", CSV_COLUMNS, violations)}
            >
              Download CSV
            </Button>
          </Group>
        </>
      )}
    </>
  );
}

function Violating({ violation: { certificate_id, common_name, reasons, reason_count } }: { violation: ForeseenViolation }) {
  const others = reason_count - 1;
  return (
    <li>
      <Anchor component={Link} to={`/certificates/${certificate_id}`} target="_blank" size="sm" fw={600}>
        {common_name}
      </Anchor>
      <Text size="xs" c="dimmed" title={reasons.join("\n")}>
        {reasons[0]}
        {others > 0 && ` (and ${number(others)} more)`}
      </Text>
    </li>
  );
}

/** Never "none" of what was not looked at. */
function resultInWords({ violations, evaluated }: Findings, isComplete: boolean): string {
  const among = isComplete ? "" : " of those checked so far";
  if (violations.length === 0) return evaluated === 0 ? "No certificate in use was found to check." : `No certificate${among} would violate this policy.`;
  return `${certificates(violations.length)}${among} would violate this policy.`;
}

function coverageInWords({ examined, evaluated, failed, total }: Findings, isComplete: boolean): string {
  const ended = examined - evaluated - failed;
  const parts = [
    isComplete ? `All ${certificates(examined)} checked` : `${number(examined)} of about ${certificates(total)} checked; the others may violate it, too`,
    ...(ended > 0 ? [`${number(ended)} of them revoked or archived, to which no policy applies`] : []),
    ...(failed > 0 ? [`${number(failed)} could not be evaluated`] : []),
  ];
  return `${parts.join("; ")}.`;
}
