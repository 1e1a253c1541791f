import { Anchor, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";

import { type ApiDocument, referenceQuery } from "../../api/reference";
import { Card } from "../../components/Card";
import { PageHeader } from "../../components/PageHeader";
import { Empty, QueryView } from "../../components/states";
import { DocumentContext } from "./DocumentContext";
import { groupsOf } from "./operations";
import classes from "./Reference.module.css";
import { RouteView } from "./RouteView";

export default function Reference() {
  const query = useQuery(referenceQuery);
  return (
    <>
      <PageHeader
        title="API reference"
        description={
          <>
            Every method of this stack&apos;s API, from its own{" "}
            <Anchor href="/api/v1/openapi.json" inherit underline="always">
              OpenAPI document
            </Anchor>
            .
          </>
        }
      />
      <QueryView query={query} what="the API's description">
        {(document) => (
          <DocumentContext value={document}>
            <Routes document={document} />
          </DocumentContext>
        )}
      </QueryView>
    </>
  );
}

function Routes({ document }: { document: ApiDocument }) {
  const [typed, setTyped] = useState("");
  const groups = groupsOf(document, useDeferredValue(typed));
  return (
    <div className={classes.page}>
      <TextInput
        label="Find a method"
        placeholder="revoke, POST /certificates, list_jobs"
        value={typed}
        onChange={({ currentTarget: { value } }) => setTyped(value)}
      />
      {groups.length === 0 && <Empty title="No method matches" icon="search" />}
      {groups.map(({ name, description, routes }) => (
        <Card key={name}>
          <Title order={2} size="h4">
            {name}
          </Title>
          <p className={classes.about}>{description}</p>
          <ul className={classes.routes} aria-label={name}>
            {routes.map((route) => (
              <RouteView key={route.operation.operationId} route={route} />
            ))}
          </ul>
        </Card>
      ))}
    </div>
  );
}
