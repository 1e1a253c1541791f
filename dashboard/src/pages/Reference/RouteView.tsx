import { Badge, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import type { Operation } from "../../api/reference";
import { Copy } from "../../components/Mono";
import { Field, Fields, Opened } from "./Fields";
import type { Route } from "./operations";
import classes from "./Reference.module.css";

/** One method of one path; its parameters, body and response are read on demand. */
export function RouteView({ route: { method, path, operation } }: { route: Route }) {
  return (
    <li className={classes.route}>
      <Opened
        summary={
          <span className={classes.summary}>
            <Badge variant="light" color={COLORS[method] ?? "gray"} className={classes.method ?? ""}>
              {method}
            </Badge>
            <code>{path}</code>
            <Text span size="sm" c="dimmed">
              {operation.summary}
            </Text>
          </span>
        }
      >
        <Details operation={operation} command={commandOf(method, path)} />
      </Opened>
    </li>
  );
}

const COLORS: Readonly<Record<string, string>> = { GET: "brand", POST: "green", PUT: "yellow", DELETE: "red" };

/** For a terminal, with a key in the environment. */
function commandOf(method: string, path: string): string {
  return `curl -X ${method} -H "Authorization: Bearer $CERTCTL_API_KEY" '${window.location.origin}${path}'`;
}

function Details({ operation, command }: { operation: Operation; command: string }) {
  const { description, parameters = [], requestBody, responses = {} } = operation;
  const body = schemaOf(requestBody);
  const [status, answer] = Object.entries(responses).find(([code]) => code.startsWith("2")) ?? [];
  const view = schemaOf(answer);
  return (
    <div className={classes.details}>
      {description !== undefined && <Text size="sm">{description}</Text>}
      <div className={classes.command}>
        <code>{command}</code>
        <Copy value={command} what="the command" />
      </div>
      {parameters.length > 0 && (
        <Part title="Parameters">
          <dl className={classes.fields} aria-label="Parameters">
            {parameters.map((parameter) => (
              <Field
                key={`${parameter.in} ${parameter.name}`}
                name={parameter.name}
                place={parameter.in}
                schema={parameter.schema ?? {}}
                isRequired={parameter.required === true}
                description={parameter.description}
              />
            ))}
          </dl>
        </Part>
      )}
      {body !== undefined && (
        <Part title="Body">
          <Fields schema={body} label="Body" />
        </Part>
      )}
      {view !== undefined && (
        <Part title={`Response ${status ?? ""}`}>
          <Fields schema={view} label="Response" />
        </Part>
      )}
    </div>
  );
}

function schemaOf(of: Operation["requestBody"]) {
  return of?.content?.["application/json"]?.schema;
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={4}>{title}</Title>
      {children}
    </section>
  );
}
