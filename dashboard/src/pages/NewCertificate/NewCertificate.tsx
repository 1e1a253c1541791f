import { Box, Button, Group, Stepper } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useEffect, useState } from "react";
import { useNavigate } from "react-router";

import { notify } from "../../components/notices";
import { createCertificate } from "../../api/certificates";
import { ApiError } from "../../api/errors";
import { refetchAfterWrite } from "../../api/refetchAfterWrite";
import { useRepeatable } from "../../api/repeatable";
import { BackLink } from "../../components/BackLink";
import { Card } from "../../components/Card";
import { checkPem } from "../../components/pki/checkPem";
import type { CsrSummary } from "../../components/pki/readCsr";
import { csrSummaryQuery, KEY_REFUSED } from "../../components/pki/CsrField";
import { PageHeader } from "../../components/PageHeader";
import { Refusal } from "../../components/Refusal";
import { subjectTexts } from "../../components/pki/subject";
import { bodyOf, detailProblems, type Draft, EMPTY, nameProblems, placed, type Problems, requestProblems, STEPS, subjectOf } from "./draft";
import { forgetDraft, isEmpty, storeDraft, storedDraft } from "./draftStore";
import classes from "./NewCertificate.module.css";
import { StartFrom } from "./StartFrom";
import { profileProblems, useProfile } from "./profile";
import { DetailsStep, NamesStep, RequestStep } from "./steps";
import { useStep } from "./useStep";

export default function NewCertificate() {
  const { draft, setDraft, startOver } = useDraft();
  const { step, go } = useStep(draft);
  const [problems, setProblems] = useState<Problems>({});
  const [isReading, setReading] = useState(false);
  const { names, read } = useCsrContents(draft);
  const chosen = useProfile(draft.details);
  const create = useCreate((answer) => {
    setProblems(answer.problems);
    go(answer.step);
  });
  const checks = [requestProblems, (now: Draft) => nameProblems(now, names), detailProblems];
  const isLast = step === STEPS.length - 1;

  /** A problem is of what was there: it goes with the change of its field, and so does a refusal. */
  function change(changes: Partial<Draft>) {
    setDraft((before) => ({ ...before, ...changes }));
    setProblems((before) => withoutOf(before, changes));
    if (create.error !== null) create.reset();
  }

  async function goOn() {
    const found = checks[step]?.(draft) ?? {};
    setProblems(found);
    if (Object.keys(found).length > 0) return;
    if (isLast) await send();
    else if (step > 0 || (await fillIn())) go(step + 1);
  }

  /** What the profile has no place for is found before it is sent. */
  async function send() {
    const profile = await chosen.read();
    const found = profileProblems(profile, chosen.team);
    setProblems(found);
    if (Object.keys(found).length === 0) create.mutate(bodyOf(draft, profile?.subject));
  }

  /** The names of the request, once it is decoded; false if no certificate is issued for its key. */
  async function fillIn(): Promise<boolean> {
    setReading(true);
    const summary = await read();
    setReading(false);
    if (summary.isKeyRefused) setProblems({ csr_pem: KEY_REFUSED });
    else change(prefilled(draft, summary));
    return !summary.isKeyRefused;
  }

  function clear() {
    startOver();
    setProblems({});
    create.reset();
    go(0);
  }

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (!isReading) void goOn();
  }

  return (
    <>
      <PageHeader
        title="New certificate"
        above={<BackLink to="/certificates">Certificates</BackLink>}
        description="The private key is generated and stays where it is used. certctl only receives the CSR."
      />
      <StartFrom draft={draft} onFill={setDraft} />
      <Card className={classes.card ?? ""}>
        <form onSubmit={submit} noValidate>
          <Stepper
            active={step}
            onStepClick={go}
            allowNextStepsSelect={false}
            size="sm"
            mb="lg"
            aria-label="Steps"
            classNames={{ steps: classes.steps ?? "", separator: classes.separator ?? "" }}
          >
            {STEPS.map((label) => (
              <Stepper.Step key={label} label={label} />
            ))}
          </Stepper>
          {step === 0 && <RequestStep draft={draft} onChange={change} problems={problems} />}
          {step === 1 && <NamesStep draft={draft} onChange={change} problems={problems} />}
          {step === 2 && (
            <DetailsStep
              draft={draft}
              onChange={change}
              problems={{ ...profileProblems(chosen.profile, chosen.team), ...problems }}
              profile={chosen.profile}
            />
          )}
          {create.error !== null && (
            <Box mt="md">
              <Refusal error={create.error} />
            </Box>
          )}
          <Group justify="space-between" mt="xl">
            <Group gap="xs">
              <Button variant="default" disabled={step === 0} onClick={() => go(step - 1)}>
                Back
              </Button>
              {!isEmpty(draft) && (
                <Button variant="subtle" color="gray" onClick={clear}>
                  Start over
                </Button>
              )}
            </Group>
            <Button type="submit" loading={create.isPending || isReading}>
              {isLast ? "Create certificate" : "Next"}
            </Button>
          </Group>
        </form>
      </Card>
    </>
  );
}

/** Stored in this tab with every change. */
function useDraft() {
  const [draft, setDraft] = useState(storedDraft);
  useEffect(() => storeDraft(draft), [draft]);
  return { draft, setDraft, startOver: () => setDraft(EMPTY) };
}

/** The fields of the form that stand for others in the API's words. */
const FIELDS: Record<string, string> = { csr: "csr_pem", isLater: "csr_pem" };

function withoutOf(problems: Problems, changes: Partial<Draft>): Problems {
  const changed = Object.keys({ ...changes, ...changes.details }).map((field) => FIELDS[field] ?? field);
  return Object.fromEntries(Object.entries(problems).filter(([field]) => !changed.includes(field)));
}

type CsrContents = Pick<CsrSummary, "commonName" | "sans" | "subject" | "isKeyRefused">;

const NOTHING: CsrContents = { commonName: null, sans: [], subject: {}, isKeyRefused: false };

/** The names in the request, none while it is not one; `read` waits until they are known. */
function useCsrContents({ isLater, csr }: Draft) {
  const queries = useQueryClient();
  const check = checkPem(csr);
  const pem = !isLater && check.kind === "ok" ? check.pem : null;
  const { data: { commonName, sans } = NOTHING } = useQuery(csrSummaryQuery(pem));
  const read = async (): Promise<CsrContents> => (pem === null ? NOTHING : queries.query(csrSummaryQuery(pem)).catch(() => NOTHING));
  return { names: commonName === null ? sans : [commonName, ...sans], read };
}

/** Names and values of the subject that were not typed yet are those of the request. */
function prefilled(draft: Draft, { commonName, sans, subject }: CsrContents): Partial<Draft> {
  const first = commonName ?? sans[0]?.replace(/^\w+:/, "") ?? "";
  const common_name = draft.common_name || first;
  const others = sans.filter((san) => san.replace(/^DNS:/, "") !== common_name);
  const details = subjectTexts({ ...subject, ...subjectOf(draft.details) });
  return { common_name, sans: draft.sans.length > 0 ? draft.sans : others, details: { ...draft.details, subject: details } };
}

function useCreate(onRefused: (answer: { problems: Problems; step: number }) => void) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const send = useRepeatable(createCertificate);
  return useMutation({
    mutationFn: send,
    onSuccess: (made) => {
      void refetchAfterWrite(queries);
      const others = [...made.ignored_subject, ...made.ignored_extensions];
      const ignored = others.length > 0 ? ` Ignored in the CSR: ${others.join(", ")}.` : "";
      notify({ color: "green", title: `${made.name} was created`, message: `Job ${made.job_id} issues it.${ignored}` });
      forgetDraft();
      void navigate(`/certificates/${made.id}`, { replace: true });
    },
    onError: (error) => {
      if (error instanceof ApiError && error.errors.length > 0) onRefused(placed(error.errors));
    },
  });
}
