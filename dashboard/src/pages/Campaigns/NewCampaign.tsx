import { Button, Group, NumberInput, Radio, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { Link, useNavigate } from "react-router";

import { createCampaign } from "../../api/campaigns";
import { useRepeatable } from "../../api/repeatable";
import { useAddress } from "../../components/address";
import { BackLink } from "../../components/BackLink";
import { Card } from "../../components/Card";
import { Icon } from "../../components/Icon";
import layout from "../../components/layout.module.css";
import { PageHeader } from "../../components/PageHeader";
import { Refusal } from "../../components/Refusal";
import { REASONS } from "../CertificateDetail/reasons";
import classes from "./Campaigns.module.css";
import { Choice } from "./Choice";
import { bodyOf, canRevoke, type Draft, draftIn, MOST_HOURS, type Problems, problemsOf } from "./draft";

const LABELS = {
  selection: "Certificates",
  "selection.certificate_ids": "Certificate IDs",
  "selection.spki_sha256": "Key",
  "selection.ca_id": "CA",
  "selection.agent_id": "Agent",
  "selection.profile_id": "Profile",
  "selection.algorithm": "Algorithm",
  deadline_hours: "Deadline",
};

/** Finds the certificates; the campaign's own page shows them, and starts it. */
export default function NewCampaign() {
  const { parameters } = useAddress();
  const [draft, setDraft] = useState<Draft>(() => draftIn(parameters));
  const [problems, setProblems] = useState<Problems>({});
  const navigate = useNavigate();
  const send = useRepeatable(createCampaign);
  const create = useMutation({ mutationFn: send, onSuccess: ({ id }) => void navigate(`/campaigns/${id}`) });

  function change(changes: Partial<Draft>) {
    setDraft((before) => ({ ...before, ...changes }));
    setProblems({});
    if (create.error !== null) create.reset();
  }

  function submit(event: SubmitEvent) {
    event.preventDefault();
    const found = problemsOf(draft);
    setProblems(found);
    if (Object.keys(found).length === 0) create.mutate(bodyOf(draft));
  }

  return (
    <>
      <PageHeader
        title="New campaign"
        above={<BackLink to="/campaigns">Campaigns</BackLink>}
        description="First certctl finds the certificates. Nothing changes before you have seen them and started the campaign."
      />
      <form onSubmit={submit} noValidate className={classes.form}>
        <div className={layout.stack}>
          <Choice draft={draft} onChange={change} problems={problems} />
          <Reason draft={draft} onChange={change} problem={problems.reason} />
          <Deadline draft={draft} onChange={change} problem={problems.hours} />
          {create.error !== null && <Refusal error={create.error} labels={LABELS} />}
          <Group justify="flex-end">
            <Button component={Link} to="/campaigns" variant="default">
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending} leftSection={<Icon name="search" size={15} />}>
              Find certificates
            </Button>
          </Group>
        </div>
      </form>
    </>
  );
}

interface PartProps {
  draft: Draft;
  onChange: (changes: Partial<Draft>) => void;
  problem: string | undefined;
}

function Reason({ draft, onChange, problem }: PartProps) {
  return (
    <Card title="Reason" description="The CRL lists each old version with this reason.">
      <Radio.Group aria-label="Reason" value={draft.reason} onChange={(reason) => onChange({ reason })} error={problem}>
        <div className={layout.fields}>
          {REASONS.map(({ value, label, description }) => (
            <Radio key={value} value={value} label={label} description={description} />
          ))}
        </div>
      </Radio.Group>
    </Card>
  );
}

function Deadline({ draft, onChange, problem }: PartProps) {
  const mayRevoke = canRevoke(draft);
  return (
    <Card title="Deadline" description="For all certificates together, from the start of the campaign.">
      <Stack>
        <NumberInput
          label="Hours"
          value={draft.hours}
          onChange={(hours) => onChange({ hours })}
          min={1}
          max={MOST_HOURS}
          allowDecimal={false}
          error={problem}
          maw={200}
        />
        <Radio.Group
          label="At the deadline"
          value={mayRevoke ? draft.onDeadline : "alert"}
          onChange={(value) => onChange({ onDeadline: value === "revoke" ? "revoke" : "alert" })}
        >
          <Stack gap="xs" mt={6}>
            <Radio value="alert" label="Alert" description="A critical alert says how many are left. Their old versions stay valid." />
            <Radio
              value="revoke"
              label="Revoke old versions that are left"
              description={mayRevoke ? "Even where they are still in use: those services go down." : "Only for the reason Key compromise."}
              disabled={!mayRevoke}
            />
          </Stack>
        </Radio.Group>
        {mayRevoke && draft.onDeadline === "revoke" && (
          <Text size="sm" c="var(--bad)">
            Servers that have no new version by then present a revoked certificate.
          </Text>
        )}
      </Stack>
    </Card>
  );
}
