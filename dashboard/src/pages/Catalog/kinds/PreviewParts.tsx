import { Button, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";

import { type CsvColumns, saveCsv } from "../../../components/certificateCsv";
import { Icon } from "../../../components/Icon";
import { Refusal } from "../../../components/Refusal";
import classes from "../Catalog.module.css";

const MOST_SHOWN = 100;

export const number = (count: number) => count.toLocaleString("en");
export const certificates = (count: number) => (count === 1 ? "1 certificate" : `${number(count)} certificates`);

interface Reading {
  error: Error | null;
  isReading: boolean;
  isComplete: boolean;
  readMore: () => void;
  retry: () => Promise<unknown>;
}

interface PreviewSectionProps {
  /** What the button previews, or that the form has changed since. */
  words: string;
  /** Whether `preview` is of what the form says now. */
  isCurrent: boolean;
  preview: Reading;
  onAsk: () => void;
  /** False until something was read. */
  children: ReactNode;
}

/** The button that asks for a preview, and what was found so far. */
export function PreviewSection({ words, isCurrent, preview, onAsk, children }: PreviewSectionProps) {
  return (
    <section className={classes.section} aria-label="Preview">
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="dimmed">
          {words}
        </Text>
        <Button size="compact-sm" variant="default" onClick={onAsk} loading={isCurrent && preview.isReading}>
          Preview
        </Button>
      </Group>
      {isCurrent && preview.error !== null && <Refusal error={preview.error} />}
      {isCurrent && children}
      {isCurrent && children !== false && !preview.isComplete && !preview.isReading && (
        <Button
          mt="xs"
          size="compact-sm"
          variant="default"
          onClick={preview.error === null ? preview.readMore : () => void preview.retry()}
        >
          Check more certificates
        </Button>
      )}
    </section>
  );
}

interface FoundProps<Row> {
  result: string;
  coverage: string;
  consequence: ReactNode;
  label: string;
  file: string;
  columns: CsvColumns<Row>;
  rows: readonly Row[];
  item: (row: Row) => ReactNode;
}

/** The result in words, and the certificates: the first hundred here, all of them in the file. */
export function Found<Row>({ result, coverage, consequence, label, file, columns, rows, item }: FoundProps<Row>) {
  return (
    <>
      <Text size="sm" fw={600} mt="sm" role="status">
        {result}
      </Text>
      <Text size="sm" c="dimmed">
        {coverage}
      </Text>
      {rows.length > 0 && (
        <>
          <Text size="sm" mt={4}>
            {consequence}
          </Text>
          <ul className={classes.foreseen} aria-label={label}>
            {rows.slice(0, MOST_SHOWN).map(item)}
          </ul>
          <Group justify="space-between" gap="xs">
            <Text size="xs" c="dimmed">
              {rows.length > MOST_SHOWN && `The first ${number(MOST_SHOWN)} of ${number(rows.length)}.`}
            </Text>
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<Icon name="download" size={14} />}
              onClick={() => saveCsv(file, columns, rows)}
            >
              Download CSV
            </Button>
          </Group>
        </>
      )}
    </>
  );
}

interface CheckedProps {
  passed: boolean;
  name: string;
  children: ReactNode;
}

/** A line of a list of what a preview checked. */
export function Checked({ passed, name, children }: CheckedProps) {
  return (
    <li data-passed={passed}>
      <Icon name={passed ? "check" : "close"} size={16} />
      <span>
        <b>{name}</b> {children}
      </span>
    </li>
  );
}
