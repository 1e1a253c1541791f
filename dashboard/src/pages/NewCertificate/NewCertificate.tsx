import { Alert, Anchor, Button, Group, Stepper } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { Link, useNavigate } from "react-router";

import { certificateKeys, createCertificate } from "../../api/certificates";
import { ApiError, messageOf } from "../../api/errors";
import { useRepeatable } from "../../api/repeatable";
import { Card } from "../../components/Card";
import { checkPem } from "../../components/pki/checkPem";
import type { CsrSummary } from "../../components/pki/readCsr";
import { csrSummaryQuery } from "../../components/pki/CsrField";
import { Icon } from "../../components/Icon";
import { PageHeader } from "../../components/PageHeader";
import { bodyOf, detailProblems, type Draft, EMPTY, nameProblems, placed, type Problems, requestProblems, STEPS } from "./draft";
import classes from "./NewCertificate.module.css";
import { DetailsStep, NamesStep, RequestStep } from "./steps";

export default function NewCertificate() {
  const [draft, setDraft] = useState(EMPTY);
  const [step, setStep] = useState(0);
  const [problems, setProblems] = useState<Problems>({});
  const [isReading, setReading] = useState(false);
  const { names, read } = useAsked(draft);
  const create = useCreate((answer) => {
    setProblems(answer.problems);
    setStep(answer.step);
  });
  const change = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const checks = [requestProblems, (now: Draft) => nameProblems(now, names), detailProblems];
  const isLast = step === STEPS.length - 1;

  async function goOn() {
    const found = checks[step]?.(draft) ?? {};
    setProblems(found);
    if (Object.keys(found).length > 0) return;
    if (isLast) {
      create.mutate(bodyOf(draft));
      return;
    }
    if (step === 0) await fillIn();
    setStep(step + 1);
  }

  /** A user who is faster than the decoding waits for it. */
  async function fillIn() {
    setReading(true);
    const summary = await read();
    setReading(false);
    change(prefilled(draft, summary));
  }

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (!isReading) void goOn();
  }

  return (
    <>
      <PageHeader title="New certificate" above={<Back />} description="The private key is made and stays where it is used; certctl only ever sees the request." />
      <Card className={classes.card ?? ""}>
        <form onSubmit={submit} noValidate>
          <Stepper active={step} onStepClick={setStep} allowNextStepsSelect={false} size="sm" mb="lg" aria-label="Steps" classNames={{ steps: classes.steps ?? "", separator: classes.separator ?? "" }}>
            {STEPS.map((label) => (
              <Stepper.Step key={label} label={label} />
            ))}
          </Stepper>
          {step === 0 && <RequestStep draft={draft} onChange={change} problems={problems} />}
          {step === 1 && <NamesStep draft={draft} onChange={change} problems={problems} />}
          {step === 2 && <DetailsStep draft={draft} onChange={change} problems={problems} />}
          {create.error !== null && <Refusal error={create.error} />}
          <Group justify="space-between" mt="xl">
            <Button variant="default" disabled={step === 0} onClick={() => setStep(step - 1)}>
              Back
            </Button>
            <Button type="submit" loading={create.isPending || isReading}>
              {isLast ? "Create certificate" : "Next"}
            </Button>
          </Group>
        </form>
      </Card>
    </>
  );
}

function Back() {
  return (
    <Anchor component={Link} to="/certificates" size="sm" className={classes.back}>
      <Icon name="arrowLeft" size={14} /> Certificates
    </Anchor>
  );
}

function Refusal({ error }: { error: Error }) {
  const elsewhere = error instanceof ApiError ? error.errors : [];
  return (
    <Alert color="red" role="alert" mt="md" title={messageOf(error)}>
      {elsewhere.map(({ field, message }) => `${field}: ${message}`).join(" · ")}
    </Alert>
  );
}

const NOTHING: Pick<CsrSummary, "commonName" | "sans"> = { commonName: null, sans: [] };

/** The names in the request, none while it is not one; `read` waits until they are known. */
function useAsked({ isLater, csr }: Draft) {
  const queries = useQueryClient();
  const check = checkPem(csr);
  const pem = !isLater && check.kind === "ok" ? check.pem : null;
  const { data: { commonName, sans } = NOTHING } = useQuery(csrSummaryQuery(pem));
  const read = async () => (pem === null ? NOTHING : queries.query(csrSummaryQuery(pem)).catch(() => NOTHING));
  return { names: commonName === null ? sans : [commonName, ...sans], read };
}

/** Names that were not typed yet are those of the request. */
function prefilled(draft: Draft, { commonName, sans }: Pick<CsrSummary, "commonName" | "sans">): Partial<Draft> {
  const first = commonName ?? sans[0]?.replace(/^\w+:/, "") ?? "";
  const common_name = draft.common_name || first;
  const others = sans.filter((san) => san.replace(/^DNS:/, "") !== common_name);
  return { common_name, sans: draft.sans.length > 0 ? draft.sans : others };
}

function useCreate(onRefused: (answer: { problems: Problems; step: number }) => void) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const send = useRepeatable(createCertificate);
  return useMutation({
    mutationFn: send,
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: certificateKeys.all });
      const ignored = made.ignored_extensions.length > 0 ? ` Ignored in the request: ${made.ignored_extensions.join(", ")}.` : "";
      notifications.show({ color: "green", title: `${made.name} was created`, message: `Job ${made.job_id} issues it.${ignored}` });
      void navigate(`/certificates/${made.id}`);
    },
    onError: (error) => {
      if (error instanceof ApiError && error.errors.length > 0) onRefused(placed(error.errors));
    },
  });
}
