/** What every page shows while it loads, when there is nothing, and when reading failed. */

import { Anchor, Button, Center, Code, Loader, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

import { ApiError, messageOf } from "../api/errors";
import { useConnection } from "./connection";
import { Icon, type IconName } from "./Icon";
import classes from "./states.module.css";
import { clockTime } from "./Time";

export function Loading({ label = "Loading" }: { label?: string }) {
  return (
    <Center className={classes.state} role="status" aria-live="polite">
      <Loader size="sm" type="dots" aria-hidden />
      <Text size="sm" c="dimmed">
        {label}…
      </Text>
    </Center>
  );
}

interface EmptyProps {
  title: string;
  children?: ReactNode;
  icon?: IconName;
  action?: ReactNode;
}

export function Empty({ title, children, icon = "inbox", action }: EmptyProps) {
  return (
    <Stack className={classes.state} gap={6} align="center">
      <Icon name={icon} size={28} className={classes.icon} />
      <Text fw={600}>{title}</Text>
      {children !== undefined && (
        <Text size="sm" c="dimmed" maw={440}>
          {children}
        </Text>
      )}
      {action}
    </Stack>
  );
}

/** The way out of filters that nothing matches. */
export function ShowAll({ onClick }: { onClick: () => void }) {
  return (
    <Button variant="default" size="xs" mt={8} onClick={onClick}>
      Show all
    </Button>
  );
}

export function NothingMatches({ onClear }: { onClear: () => void }) {
  return <Empty title="No results match these filters" icon="filter" action={<ShowAll onClick={onClear} />} />;
}

interface FailureProps {
  error: Error;
  /** Names what could not be read: "the certificates". */
  what: string;
  /** What the button says. */
  action?: string;
  /** Below what went wrong: what happens next. */
  note?: string;
  onRetry: () => void;
}

export function Failure({ error, what, action = "Try again", note, onRetry }: FailureProps) {
  const requestId = error instanceof ApiError ? error.requestId : null;
  return (
    <Stack className={classes.state} gap={6} align="center" role="alert">
      <Icon name="alert" size={28} className={classes.bad} />
      <Text fw={600}>Could not load {what}</Text>
      <Text size="sm" c="dimmed" maw={480}>
        {messageOf(error)}
      </Text>
      {note !== undefined && (
        <Text size="sm" c="dimmed">
          {note}
        </Text>
      )}
      {requestId !== null && (
        <Text size="xs" c="dimmed">
          Request <Code>{requestId}</Code>
        </Text>
      )}
      <Button variant="default" size="xs" mt={8} leftSection={<Icon name="refresh" size={14} />} onClick={onRetry}>
        {action}
      </Button>
    </Stack>
  );
}

interface NotRefreshedProps {
  error: Error;
  what: string;
  /** Milliseconds; when what is shown was read. */
  at: number | undefined;
  onRetry: () => void;
}

/** Not while the API is down: then the banner of the page says it once for all. */
function NotRefreshed({ error, what, at, onRetry }: NotRefreshedProps) {
  const { downSince } = useConnection();
  if (downSince !== null) return null;
  return (
    <Text size="xs" c="var(--bad)" role="status" className={classes.late}>
      Could not refresh {what}: {messageOf(error)} {at !== undefined && at > 0 && `Showing data from ${clockTime(at)}. `}
      <Anchor component="button" type="button" inherit underline="always" onClick={onRetry}>
        Try again
      </Anchor>
    </Text>
  );
}

/** As much of a query as decides what is shown. */
interface Readable<Data> {
  data: Data | undefined;
  error: Error | null;
  refetch: () => unknown;
  /** Milliseconds. */
  dataUpdatedAt?: number;
}

interface QueryViewProps<Data> {
  query: Readable<Data>;
  what: string;
  children: (data: Data) => ReactNode;
  loading?: ReactNode;
}

/** The data once it is there; data that was read stays when a later refresh fails, and says so. */
export function QueryView<Data>({ query, what, children, loading }: QueryViewProps<Data>) {
  if (query.data !== undefined) {
    return (
      <>
        {query.error !== null && (
          <NotRefreshed error={query.error} what={what} at={query.dataUpdatedAt} onRetry={() => void query.refetch()} />
        )}
        {children(query.data)}
      </>
    );
  }
  if (query.error !== null) return <Failure error={query.error} what={what} onRetry={() => void query.refetch()} />;
  return loading ?? <Loading />;
}
