import { Alert, Button, Menu, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { type Channel, type ChannelEdit, channelKeys, deleteChannel, editChannel, testChannel, unchanged } from "../../api/channels";
import type { Schemas } from "../../api/client";
import { messageOf } from "../../api/errors";
import { useCan, useSession } from "../../components/session";
import { ConfirmModal } from "../../components/ConfirmModal";
import { Icon } from "../../components/Icon";
import { notify } from "../../components/notices";
import { ChannelModal } from "./ChannelModal";
import classes from "./Channels.module.css";
import { isTroubled } from "./channelState";
import { TestResult } from "./TestResult";
import { TYPES } from "./words";

export function ChannelActions({ channel }: { channel: Channel }) {
  const test = useMutation({ mutationFn: (type: Schemas["NotificationType"]) => testChannel(channel.id, type) });
  const mayTest = useMayTest(channel);
  const mayWrite = useCan("channels:write") && channel.origin === "api";
  return (
    <>
      <TestResult test={test} />
      <div className={classes.actions}>
        {mayTest && (
          <Button
            size="xs"
            variant="default"
            leftSection={<Icon name="send" size={14} />}
            loading={test.isPending}
            onClick={() => test.mutate("Test")}
            aria-label={`Test ${channel.id}`}
          >
            Test
          </Button>
        )}
        {mayTest && <SampleMenu channel={channel} isBusy={test.isPending} onChoose={test.mutate} />}
        {mayWrite && <RecordActions channel={channel} />}
      </div>
    </>
  );
}

interface SampleMenuProps {
  channel: Channel;
  isBusy: boolean;
  onChoose: (type: Schemas["NotificationType"]) => void;
}

/** A sample of each type of alert, marked as a test. */
function SampleMenu({ channel, isBusy, onChoose }: SampleMenuProps) {
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button size="xs" variant="default" disabled={isBusy} aria-label={`Send a sample alert to ${channel.id}`}>
          Sample alert…
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {TYPES.map(({ value, label }) => (
          <Menu.Item key={value} onClick={() => onChoose(value)}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Operators test what has no team, and what is their teams'. */
function useMayTest({ team_id }: Channel): boolean {
  const { role, teams } = useSession();
  const mayTest = useCan("channels:test");
  const isInReach = role === "admin" || team_id === null || teams === "*" || teams.includes(team_id);
  return mayTest && isInReach;
}

function RecordActions({ channel }: { channel: Channel }) {
  const queries = useQueryClient();
  const [isEditing, editing] = useDisclosure(false);
  const edit = useMutation({
    mutationFn: (body: ChannelEdit) => editChannel(channel.id, body),
    onSettled: () => queries.invalidateQueries({ queryKey: channelKeys.all }),
  });
  return (
    <>
      <Button size="xs" variant="default" onClick={editing.open} aria-label={`Edit ${channel.id}`}>
        Edit
      </Button>
      {isTroubled(channel) && <Repair channel={channel} />}
      {channel.enabled ? (
        <Disable channel={channel} />
      ) : (
        <Button
          size="xs"
          variant="default"
          loading={edit.isPending}
          onClick={() => edit.mutate({ ...unchanged(channel), enabled: true })}
          aria-label={`Enable ${channel.id}`}
        >
          Enable
        </Button>
      )}
      <Delete channel={channel} />
      {edit.error !== null && (
        <Alert color="red" role="alert">
          {messageOf(edit.error)}
        </Alert>
      )}
      <ChannelModal channel={channel} opened={isEditing} onClose={editing.close} />
    </>
  );
}

/** It changes nothing but what deliveries found out about the channel. */
function Repair({ channel }: { channel: Channel }) {
  const showRepaired = () =>
    notify({
      color: "green",
      title: `${channel.id} is being retried`,
      message: "Waiting alerts are sent now. Dead letters have to be requeued.",
    });
  const run = async () => {
    await editChannel(channel.id, unchanged(channel));
    showRepaired();
  };
  return (
    <ConfirmedAction channel={channel} verb="Repair" run={run}>
      Use this after the problem at the provider is fixed: the breaker closes, its incident ends, and waiting alerts are sent. If the
      channel still fails, it is paused again.
    </ConfirmedAction>
  );
}

function Disable({ channel }: { channel: Channel }) {
  const body = { ...unchanged(channel), enabled: false };
  return (
    <ConfirmedAction channel={channel} verb="Disable" run={() => editChannel(channel.id, body)}>
      No more alerts are sent to it, and routes skip it. Waiting alerts are skipped. You can enable it again.
    </ConfirmedAction>
  );
}

function Delete({ channel }: { channel: Channel }) {
  return (
    <ConfirmedAction channel={channel} verb="Delete" run={() => deleteChannel(channel.id)}>
      Waiting alerts are skipped. The secret stays where it is stored. A channel that a routing rule uses can be deleted only after the rule
      is changed.
    </ConfirmedAction>
  );
}

interface ConfirmedActionProps {
  channel: Channel;
  verb: "Repair" | "Disable" | "Delete";
  run: () => Promise<unknown>;
  children: ReactNode;
}

function ConfirmedAction({ channel, verb, run, children }: ConfirmedActionProps) {
  const [isOpen, { open, close }] = useDisclosure(false);
  const queries = useQueryClient();
  const mutation = useMutation({
    mutationFn: run,
    onSuccess: close,
    onSettled: () => queries.invalidateQueries({ queryKey: channelKeys.all }),
  });
  const cancel = () => {
    mutation.reset();
    close();
  };
  const isDangerous = verb === "Delete";
  return (
    <>
      <Button
        size="xs"
        variant={isDangerous ? "subtle" : "default"}
        color={isDangerous ? "red" : "gray"}
        onClick={open}
        aria-label={`${verb} ${channel.id}`}
      >
        {verb}
      </Button>
      <ConfirmModal
        title={`${verb} ${channel.id}?`}
        action={`${verb} channel`}
        opened={isOpen}
        onClose={cancel}
        onConfirm={() => mutation.mutate()}
        isBusy={mutation.isPending}
        error={mutation.error}
        isDangerous={isDangerous}
      >
        <Text size="sm">{children}</Text>
      </ConfirmModal>
    </>
  );
}
