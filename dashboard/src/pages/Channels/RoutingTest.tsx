import { Alert, Button, Group, Modal, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { messageOf } from "../../api/errors";
import { type PreviewBody, previewRouting, type RoutingPreview } from "../../api/routing";
import { CatalogSelect } from "../../components/catalog/CatalogSelect";
import { CertificateSelect } from "../../components/CertificatePicker";
import { Time } from "../../components/Time";
import { counted } from "../../components/words/count";
import classes from "./Channels.module.css";
import { NamedChannel } from "./NamedChannel";
import { useScopeWords } from "./scope";
import { SEVERITIES, TYPES } from "./words";

/** "Where would this alert go?": asks the API, which decides as it does for real alerts. */
export function RoutingTest() {
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button size="sm" variant="default" onClick={open}>
        Test routing
      </Button>
      <Modal opened={isOpen} onClose={close} title="Where would this alert go?" size="lg">
        <Form />
      </Modal>
    </>
  );
}

type About = "certificate" | "team" | "owner" | "stack";

interface Draft {
  type: PreviewBody["type"];
  severity: PreviewBody["severity"];
  about: About;
  id: string;
}

function bodyOf({ type, severity, about, id }: Draft): PreviewBody {
  return { type, severity, ...(about !== "stack" && id !== "" && { [`${about}_id`]: id }) };
}

function Form() {
  const [draft, setDraft] = useState<Draft>({ type: "RenewalFailure", severity: "critical", about: "certificate", id: "" });
  const test = useMutation({ mutationFn: previewRouting });
  const change = (fields: Partial<Draft>) => {
    test.reset();
    setDraft({ ...draft, ...fields });
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    test.mutate(bodyOf(draft));
  };
  const isReady = draft.about === "stack" || draft.id !== "";
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <div className={classes.two}>
          <Select
            label="Type"
            data={TYPES}
            value={draft.type}
            onChange={(type) => type !== null && change({ type: type })}
            allowDeselect={false}
          />
          <Select
            label="Severity"
            data={SEVERITIES}
            value={draft.severity}
            onChange={(severity) => severity !== null && change({ severity })}
            allowDeselect={false}
          />
        </div>
        <Whose draft={draft} onChange={change} />
        {test.error !== null && (
          <Alert color="red" role="alert">
            {messageOf(test.error)}
          </Alert>
        )}
        {test.data !== undefined && <Result found={test.data} />}
        <Group justify="flex-end">
          <Button type="submit" loading={test.isPending} disabled={!isReady}>
            Test routing
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Whose({ draft, onChange }: { draft: Draft; onChange: (fields: Partial<Draft>) => void }) {
  const { about, id } = draft;
  return (
    <>
      <SegmentedControl
        aria-label="Alert about"
        value={about}
        onChange={(chosen) => onChange({ about: chosen, id: "" })}
        data={[
          { value: "certificate", label: "A certificate" },
          { value: "team", label: "A team" },
          { value: "owner", label: "An owner" },
          { value: "stack", label: "The whole stack" },
        ]}
      />
      {about === "certificate" && <CertificateSelect value={id} onChange={(chosen) => onChange({ id: chosen })} />}
      {about === "team" && <CatalogSelect kind="teams" label="Team" value={id} onChange={(chosen) => onChange({ id: chosen })} />}
      {about === "owner" && <CatalogSelect kind="owners" label="Owner" value={id} onChange={(chosen) => onChange({ id: chosen })} />}
    </>
  );
}

const VERDICTS: Record<RoutingPreview["routes"][number]["verdict"], string> = {
  taken: "matches the alert",
  other_alerts: "does not match",
  no_usable_channel: "matches, but none of its channels can receive the alert: the next route is tried",
};

const REASONS: Record<RoutingPreview["unusable"][number]["because"], string> = {
  unknown: "it does not exist",
  disabled: "it is disabled",
  no_recipient: "neither the owner, nor the team, nor the channel has an email address",
};

function Result({ found }: { found: RoutingPreview }) {
  const scopeWords = useScopeWords();
  const { destinations: channels, routes, unusable, mutes, by_default } = found;
  return (
    <section aria-label="Result" role="status">
      <Stack gap="xs">
        {mutes.map((mute) => (
          <div key={mute.id} className={classes.says} data-tone="warn">
            Muted until <Time at={mute.ends_at} />: {mute.reason}. The alert is stored, and not sent.
          </div>
        ))}
        <Text fw={600}>
          {channels.length === 0 ? "No channel would receive it." : `It goes to ${counted(channels.length, "channels")}:`}
        </Text>
        <ul className={classes.considered} aria-label="Channels">
          {channels.map(({ channel_id, kind, recipient }) => (
            <li key={channel_id}>
              <NamedChannel id={channel_id} /> · {kind}
              {recipient !== channel_id && ` to ${recipient}`}
            </li>
          ))}
        </ul>
        <Text size="sm" c="dimmed">
          Why:
        </Text>
        <ol className={classes.considered} aria-label="Routes considered">
          {routes.map(({ rule_id, number, verdict }) => (
            <li key={`${rule_id} ${number}`}>
              Route {number} of {scopeWords(rule_id)} {VERDICTS[verdict]}.
            </li>
          ))}
          {by_default && <li>No route matches: the default applies.</li>}
        </ol>
        {unusable.map(({ channel_id, because }) => (
          <Text key={channel_id} size="sm" c="var(--warn)">
            {channel_id} is left out: {REASONS[because]}.
          </Text>
        ))}
      </Stack>
    </section>
  );
}
