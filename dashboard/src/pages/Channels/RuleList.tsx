import { Button, Group, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Fragment } from "react";

import { deleteRule, type RoutingRule, routingKeys, useRules } from "../../api/routing";
import { Can } from "../../components/session";
import { useAddress } from "../../components/address";
import { ConfirmModal } from "../../components/ConfirmModal";
import { Icon } from "../../components/Icon";
import { Empty, QueryView } from "../../components/states";
import classes from "./Channels.module.css";
import { NamedChannel } from "./NamedChannel";
import { RoutingTest } from "./RoutingTest";
import { RuleModal } from "./RuleModal";
import { useScopeWords } from "./scope";
import { matchInWords } from "./words";

export function RuleList() {
  const query = useRules();
  return (
    <QueryView query={query} what="the routing rules">
      {(rules) => <Rules rules={rules} />}
    </QueryView>
  );
}

function Rules({ rules }: { rules: readonly RoutingRule[] }) {
  const creating = useAddress().flag("new");
  return (
    <>
      <div className={classes.bar}>
        <Text size="sm" c="dimmed" maw={720}>
          The rule of a certificate&apos;s owner is checked first, then its team&apos;s, then the stack&apos;s. The first route that matches
          an alert applies. If none does, critical alerts go to all channels, others to Email, Slack, Teams and Webhook channels. Changes
          take effect within 60 seconds.
        </Text>
        <Group gap="xs">
          <RoutingTest />
          <Can permission="channels:write">
            <Button size="sm" leftSection={<Icon name="plus" size={15} />} onClick={creating.open}>
              New rule
            </Button>
          </Can>
        </Group>
      </div>
      {rules.length === 0 && (
        <Empty title="No routing rules" icon="filter">
          Alerts use the default.
        </Empty>
      )}
      <div className={classes.list}>
        {rules.map((rule) => (
          <RuleCard key={rule.id} rule={rule} />
        ))}
      </div>
      <RuleModal rule={null} opened={creating.isOpen} onClose={creating.close} />
    </>
  );
}

function RuleCard({ rule }: { rule: RoutingRule }) {
  const scope = useScopeWords()(rule.id);
  return (
    <article className={classes.card} aria-label={scope}>
      <Title order={2} className={classes.name ?? ""}>
        {scope}
      </Title>
      <ol className={classes.routes}>
        {rule.routes.map((route, index) => (
          <li key={index}>
            <span>
              {matchInWords(route)} → <Named ids={route.channels} />
            </span>
          </li>
        ))}
      </ol>
      <Can permission="channels:write">
        <RuleActions rule={rule} />
      </Can>
    </article>
  );
}

function Named({ ids }: { ids: readonly string[] }) {
  return ids.map((id, index) => (
    <Fragment key={id}>
      {index > 0 && ", "}
      <NamedChannel id={id} />
    </Fragment>
  ));
}

function RuleActions({ rule }: { rule: RoutingRule }) {
  const [isEditing, editing] = useDisclosure(false);
  const [isDeleting, deleting] = useDisclosure(false);
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteRule(rule.id),
    onSuccess: deleting.close,
    onSettled: () => queries.invalidateQueries({ queryKey: routingKeys.rules }),
  });
  const words = useScopeWords()(rule.id);
  return (
    <div className={classes.actions}>
      <Button size="xs" variant="default" onClick={editing.open} aria-label={`Edit the rule: ${words}`}>
        Edit
      </Button>
      <Button size="xs" variant="subtle" color="red" onClick={deleting.open} aria-label={`Delete the rule: ${words}`}>
        Delete
      </Button>
      <RuleModal rule={rule} opened={isEditing} onClose={editing.close} />
      <ConfirmModal
        title={`Delete the rule: ${words}?`}
        action="Delete rule"
        opened={isDeleting}
        onClose={deleting.close}
        onConfirm={() => remove.mutate()}
        isBusy={remove.isPending}
        error={remove.error}
        isDangerous
      >
        <Text size="sm">Less specific rules apply instead, or the default.</Text>
      </ConfirmModal>
    </div>
  );
}
