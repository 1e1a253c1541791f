import { Anchor, Button, Text } from "@mantine/core";
import { Link } from "react-router";

import { type Attention, type AttentionItem, type AttentionLine, useAttention } from "../../api/attention";
import { Card } from "../../components/Card";
import { Icon } from "../../components/Icon";
import { QueryView } from "../../components/states";
import { Time } from "../../components/Time";
import { actOf, countWords, factOf, linkTo, listOf, nameOfKind, titleOf, toneOfLine } from "./attentionLines";
import classes from "./NeedsAttention.module.css";

/** First on the overview: what to do now, the most urgent first. */
export function NeedsAttention() {
  const query = useAttention();
  return (
    <Card title="Needs attention" flush>
      <QueryView query={query} what="what needs attention">
        {(attention) => <Lines attention={attention} />}
      </QueryView>
    </Card>
  );
}

function Lines({ attention }: { attention: Attention }) {
  const { lines, unknown } = attention;
  return (
    <>
      {lines.length > 0 && (
        <ul className={classes.lines} aria-label="Needs attention">
          {lines.map((line) => (
            <Line key={line.kind} line={line} />
          ))}
        </ul>
      )}
      {unknown.length > 0 && (
        <Text size="sm" className={classes.unknown} role="alert">
          Could not be checked: {unknown.map((kind) => `whether ${nameOfKind(kind)}`).join(", ")}.
        </Text>
      )}
      {lines.length === 0 && unknown.length === 0 && (
        <p className={classes.none}>
          <Icon name="check" size={18} />
          Nothing needs attention.
        </p>
      )}
    </>
  );
}

function Line({ line }: { line: AttentionLine }) {
  const act = actOf(line);
  return (
    <li className={classes.line} data-tone={toneOfLine(line)} data-kind={line.kind} title={ageWords(line)}>
      <Link to={listOf(line)} className={classes.what}>
        <span className={classes.count}>{countWords(line)}</span> <span className={classes.title}>{titleOf(line)}</span>
      </Link>
      <Worst line={line} />
      <Button
        component={Link}
        to={act.to}
        size="xs"
        variant="default"
        className={classes.act ?? ""}
        aria-label={`${act.label}: ${titleOf(line)}`}
      >
        {act.label}
      </Button>
    </li>
  );
}

/** Lines that change slowly are read more rarely than the others. */
function ageWords({ age_seconds: age }: AttentionLine): string | undefined {
  return age > 0 ? `Read ${String(age)} s before the others` : undefined;
}

/** As many of the worst as one line has room for: their number stands in front. */
function Worst({ line }: { line: AttentionLine }) {
  return (
    <span className={classes.worst}>
      {line.worst.map((item) => (
        <Example key={item.id} line={line} item={item} />
      ))}
    </span>
  );
}

function Example({ line, item }: { line: AttentionLine; item: AttentionItem }) {
  const fact = factOf(line.kind, item);
  // What a campaign waits for is long: its deadline comes before it.
  const isTimeFirst = line.kind === "campaigns";
  const time = <When item={item} />;
  const parts = isTimeFirst ? [time, fact] : [fact, time];
  const isBoth = fact !== null && item.at !== null;
  return (
    <span className={classes.example} title={item.detail || undefined}>
      <Anchor component={Link} to={linkTo(line.kind, item)} size="sm" className={classes.name ?? ""}>
        {item.name}
      </Anchor>
      <Text size="xs" c="dimmed" component="span" className={classes.fact ?? ""}>
        {parts[0]}
        {isBoth && " · "}
        {parts[1]}
      </Text>
    </span>
  );
}

/** Since when; for a job, when its certificate ends, which matters more. */
function When({ item: { at, expires_at } }: { item: AttentionItem }) {
  if (expires_at === null) return at !== null && <Time at={at} />;
  return (
    <>
      expires <Time at={expires_at} />
    </>
  );
}
