import { Button, SegmentedControl, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { type RoutingRule, routingKeys, saveRule } from "../../api/routing";
import { CatalogSelect } from "../../components/catalog/CatalogSelect";
import { Icon } from "../../components/Icon";
import { FormEnd } from "../../components/FormEnd";
import { FormModal } from "../../components/FormModal";
import { problemsIn } from "./channelDraft";
import { RouteFields } from "./RouteFields";
import {
  bodyOfRule,
  type DraftRoute,
  draftOfRule,
  MOST_ROUTES,
  moved,
  newRoute,
  problemsOfRule,
  type RuleDraft,
  ruleIdOf,
} from "./ruleDraft";
import { useScopeWords } from "./scope";

interface RuleModalProps {
  /** null: a new one. */
  rule: RoutingRule | null;
  opened: boolean;
  onClose: () => void;
}

export function RuleModal({ rule, opened, onClose }: RuleModalProps) {
  const scopeWords = useScopeWords();
  const title = rule === null ? "New routing rule" : `Rule: ${scopeWords(rule.id)}`;
  return (
    <FormModal opened={opened} onClose={onClose} title={title} size="lg">
      <Form before={rule} onClose={onClose} />
    </FormModal>
  );
}

function Form({ before, onClose }: { before: RoutingRule | null; onClose: () => void }) {
  const [draft, setDraft] = useState(() => draftOfRule(before));
  const [problems, setProblems] = useState<Record<string, string>>({});
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () => saveRule(ruleIdOf(draft), bodyOfRule(draft, before)),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: routingKeys.rules }),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const found = problemsOfRule(draft);
    setProblems(found);
    if (Object.keys(found).length === 0) save.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {before === null && <Scope draft={draft} onChange={setDraft} problem={problems.id} />}
        <Routes
          routes={draft.routes}
          onChange={(routes) => setDraft({ ...draft, routes })}
          problems={{ ...byRoute(draft, save.error), ...problems }}
        />
        <FormEnd mutation={save} action="Save rule" onCancel={onClose} />
      </Stack>
    </form>
  );
}

/** The API names a route by its place. */
function byRoute({ routes }: RuleDraft, error: Error | null): Record<string, string> {
  const found = problemsIn(error);
  const texts = routes.map(({ key }, index) => [key, found[`routes.${index}.channels`] ?? ""] as const);
  return Object.fromEntries(texts.filter(([, text]) => text !== ""));
}

interface ScopeProps {
  draft: RuleDraft;
  onChange: (draft: RuleDraft) => void;
  problem: string | undefined;
}

function Scope({ draft, onChange, problem }: ScopeProps) {
  return (
    <>
      <SegmentedControl
        aria-label="Alerts of"
        value={draft.scope}
        onChange={(scope) => onChange({ ...draft, scope, id: "" })}
        data={[
          { value: "stack", label: "The whole stack" },
          { value: "team", label: "A team" },
          { value: "owner", label: "An owner" },
        ]}
      />
      {draft.scope === "team" && (
        <CatalogSelect kind="teams" label="Team" value={draft.id} onChange={(id) => onChange({ ...draft, id })} error={problem} required />
      )}
      {draft.scope === "owner" && (
        <CatalogSelect
          kind="owners"
          label="Owner"
          value={draft.id}
          onChange={(id) => onChange({ ...draft, id })}
          error={problem}
          required
        />
      )}
    </>
  );
}

interface RoutesProps {
  routes: DraftRoute[];
  onChange: (routes: DraftRoute[]) => void;
  problems: Record<string, string>;
}

function Routes({ routes, onChange, problems }: RoutesProps) {
  return (
    <>
      <Text size="sm" c="dimmed">
        Routes are checked in this order; the first that matches an alert applies. A route without severities and types matches every alert.
      </Text>
      {routes.map((route, index) => (
        <RouteFields
          key={route.key}
          route={route}
          number={index + 1}
          count={routes.length}
          problem={problems[route.key]}
          onChange={(after) => onChange(routes.map((one) => (one.key === after.key ? after : one)))}
          onMove={(by) => onChange(moved(routes, index, index + by))}
          onRemove={() => onChange(routes.filter((one) => one.key !== route.key))}
        />
      ))}
      <div>
        <Button
          variant="default"
          size="xs"
          leftSection={<Icon name="plus" size={14} />}
          disabled={routes.length >= MOST_ROUTES}
          onClick={() => onChange([...routes, newRoute()])}
        >
          Add a route
        </Button>
      </div>
    </>
  );
}
