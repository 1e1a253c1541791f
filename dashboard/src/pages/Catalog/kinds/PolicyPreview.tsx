import { Anchor, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";

import type { ForeseenViolation, PolicyRule } from "../../../api/policyPreview";
import type { CsvColumns } from "../../../components/certificateCsv";
import { bodyOf, problemsOf } from "../fields";
import type { TrialProps } from "../kind";
import { certificates, Found, number, PreviewSection } from "./PreviewParts";
import { type Findings, usePolicyPreview } from "./usePolicyPreview";

const CSV_COLUMNS: CsvColumns<ForeseenViolation> = {
  certificate_id: (row) => row.certificate_id,
  common_name: (row) => row.common_name,
  team_id: (row) => row.team_id,
  reasons: (row) => row.reasons.join("; "),
  reason_count: (row) => row.reason_count,
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
  const hasChanged = asked !== null && !isCurrent;
  const { findings } = preview;
  return (
    <PreviewSection
      words={hasChanged ? "The rule has changed since the preview." : "Preview which existing certificates would violate this policy."}
      isCurrent={isCurrent}
      preview={preview}
      onAsk={ask}
    >
      {findings !== null && (
        <Found
          result={resultInWords(findings, preview.isComplete)}
          coverage={coverageInWords(findings, preview.isComplete)}
          consequence={
            draft.severity === "Warning"
              ? "A warning records each and refuses nothing."
              : "Their renewals and edits would be refused until they comply."
          }
          label="Certificates that would violate it"
          file="policy-preview"
          columns={CSV_COLUMNS}
          rows={findings.violations}
          item={(violation) => <Violating key={violation.certificate_id} violation={violation} />}
        />
      )}
    </PreviewSection>
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
  if (violations.length === 0)
    return evaluated === 0 ? "No certificate in use was found to check." : `No certificate${among} would violate this policy.`;
  return `${certificates(violations.length)}${among} would violate this policy.`;
}

function coverageInWords({ examined, evaluated, failed, total }: Findings, isComplete: boolean): string {
  const ended = examined - evaluated - failed;
  const parts = [
    isComplete
      ? `All ${certificates(examined)} checked`
      : `${number(examined)} of about ${certificates(total)} checked; the others may violate it, too`,
    ...(ended > 0 ? [`${number(ended)} of them revoked or archived, to which no policy applies`] : []),
    ...(failed > 0 ? [`${number(failed)} could not be evaluated`] : []),
  ];
  return `${parts.join("; ")}.`;
}
