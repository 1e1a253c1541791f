import { Anchor, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { Link } from "react-router";

import { type NamesPreview as Page, previewNames, type RefusedCertificate, type TriedNames } from "../../../api/namesPreview";
import { CatalogLink } from "../../../components/catalog/CatalogName";
import type { CsvColumns } from "../../../components/certificateCsv";
import type { FieldValue } from "../fields";
import type { TrialProps } from "../kind";
import { certificates, Found, number, PreviewSection } from "./PreviewParts";
import { usePreview } from "./usePreview";

/** The default of the API. */
export const EXEMPT_DAYS = 90;

const CSV_COLUMNS: CsvColumns<RefusedCertificate> = {
  certificate_id: (row) => row.certificate_id,
  common_name: (row) => row.common_name,
  team_id: (row) => row.team_id,
  names: (row) => row.names.map(({ name }) => name).join("; "),
  name_count: (row) => row.name_count,
  reasons: (row) => row.names.map(({ reason }) => reason).join("; "),
  exemptible: (row) => String(row.exemptible),
};

interface Findings {
  refused: readonly RefusedCertificate[];
  examined: number;
  evaluated: number;
  /** Null: only this team's are examined. */
  total: number | null;
}

function sumOf(pages: readonly Page[]): Findings {
  const sum = (of: (page: Page) => number) => pages.reduce((before, page) => before + of(page), 0);
  const examined = sum((page) => page.examined);
  const total = pages.at(-1)?.total ?? null;
  // The counter may be behind what was read.
  return {
    refused: pages.flatMap((page) => page.data),
    examined,
    evaluated: sum((page) => page.evaluated),
    total: total === null ? null : Math.max(examined, total),
  };
}

/** Tries the names in the form on the certificates that exist, before they are saved. A team that is not there yet has
 *  nothing to try them on. */
export function NamesPreview({ row, draft }: TrialProps) {
  const [asked, setAsked] = useState<TriedNames | null>(null);
  const allowedNames = draft.allowed_names;
  const now = row === null || !Array.isArray(allowedNames) ? null : { teamId: row.id, allowedNames: allowedNames as readonly string[] };
  const isCurrent = asked !== null && JSON.stringify(asked) === JSON.stringify(now);
  const preview = usePreview("teams", isCurrent ? asked : null, previewNames);
  const findings = useMemo(() => (preview.pages === undefined ? null : sumOf(preview.pages)), [preview.pages]);
  if (now === null) return null;
  const hasChanged = asked !== null && !isCurrent;
  return (
    <PreviewSection
      words={
        hasChanged
          ? "The names have changed since the preview."
          : "Preview which existing certificates would be refused, of this team and of others."
      }
      isCurrent={isCurrent}
      preview={preview}
      onAsk={() => setAsked(now)}
    >
      {findings !== null && (
        <Found
          result={resultInWords(findings, preview.isComplete)}
          coverage={coverageInWords(findings, preview.isComplete)}
          consequence={`${ofOthersInWords(findings, now.teamId)}${renewalsInWords(findings, daysOf(draft.exempt_days))}`}
          label="Certificates that would be refused"
          file="names-preview"
          columns={CSV_COLUMNS}
          rows={findings.refused}
          item={(certificate) => (
            <Refused key={certificate.certificate_id} certificate={certificate} isOwn={certificate.team_id === now.teamId} />
          )}
        />
      )}
    </PreviewSection>
  );
}

function ofOthersInWords({ refused }: Findings, teamId: string): string {
  const ofOthers = refused.filter((certificate) => certificate.team_id !== teamId).length;
  return ofOthers === 0 ? "" : `${number(ofOthers)} of them ${ofOthers === 1 ? "belongs" : "belong"} to other teams. `;
}

/** An empty field is not sent. */
function daysOf(field: FieldValue | undefined): number {
  return field === undefined || field === "" ? EXEMPT_DAYS : Number(field);
}

/** Only those that were issued, with names that were all allowed, are exempt. */
function renewalsInWords({ refused }: Findings, days: number): string {
  const exempt = days > 0 ? refused.filter((certificate) => certificate.exemptible).length : 0;
  if (exempt === 0) return "They stay valid until they expire. Renewals are refused.";
  const others = exempt < refused.length ? `${number(exempt)} of them` : "They";
  return `${others} can be renewed unchanged for ${number(days)} ${days === 1 ? "day" : "days"}. ${exempt < refused.length ? "Renewals of the others are refused." : "After that, renewals are refused."}`;
}

function Refused({
  certificate: { certificate_id, common_name, team_id, names, name_count },
  isOwn,
}: {
  certificate: RefusedCertificate;
  isOwn: boolean;
}) {
  const others = name_count - 1;
  return (
    <li>
      <Anchor component={Link} to={`/certificates/${certificate_id}`} target="_blank" size="sm" fw={600}>
        {common_name}
      </Anchor>
      {!isOwn && (
        <Text size="xs" component="div">
          Team: <CatalogLink kind="teams" id={team_id} />
        </Text>
      )}
      <Text size="xs" c="dimmed" title={names.map(({ reason }) => reason).join("\n")}>
        {names[0]?.reason}
        {others > 0 && ` (and ${number(others)} more)`}
      </Text>
    </li>
  );
}

/** Never "none" of what was not looked at. */
function resultInWords({ refused, evaluated }: Findings, isComplete: boolean): string {
  const among = isComplete ? "" : " of those checked so far";
  if (refused.length === 0)
    return evaluated === 0 ? "No certificate in use was found to check." : `No certificate${among} would be refused.`;
  return `${certificates(refused.length)}${among} would be refused.`;
}

function coverageInWords({ examined, evaluated, total }: Findings, isComplete: boolean): string {
  const ended = examined - evaluated;
  const whose = total === null ? " of this team" : "";
  const far =
    total === null
      ? `${certificates(examined)}${whose} checked; others may be refused, too`
      : `${number(examined)} of about ${certificates(total)} checked; the others may be refused, too`;
  const parts = [
    isComplete ? `All ${certificates(examined)}${whose} checked` : far,
    ...(ended > 0 ? [`${number(ended)} of them revoked or archived`] : []),
  ];
  return `${parts.join("; ")}.`;
}
