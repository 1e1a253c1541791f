import { Anchor, Drawer, Group, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { type AuditEvent, auditKeys, getAuditEvent } from "../../api/audit";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { Facts } from "../../components/Facts";
import { Copy, Mono } from "../../components/Mono";
import { QueryView } from "../../components/states";
import { ExactTime } from "../../components/Time";
import classes from "./Audit.module.css";
import { Changes } from "./Changes";
import { changesIn, otherDetails } from "./changes";
import { asRecorded, credentialOf, inWords, pageOf } from "./events";

interface EventDrawerProps {
  id: string | null;
  /** The event, where the list has it. */
  known: AuditEvent | undefined;
  onClose: () => void;
}

export function EventDrawer({ id, known, onClose }: EventDrawerProps) {
  return (
    <Drawer
      opened={id !== null}
      onClose={onClose}
      position="right"
      size={620}
      title="Audit event"
      closeButtonProps={{ "aria-label": "Close the event" }}
    >
      {id !== null && <Content id={id} known={known} />}
    </Drawer>
  );
}

function Content({ id, known }: { id: string; known: AuditEvent | undefined }) {
  const query = useQuery({
    queryKey: auditKeys.one(id),
    queryFn: ({ signal }) => getAuditEvent(id, signal),
    initialData: known,
    // An event never changes.
    staleTime: Infinity,
  });
  return (
    <QueryView query={query} what="the event">
      {(event) => <EventView event={event} />}
    </QueryView>
  );
}

function EventView({ event }: { event: AuditEvent }) {
  const changes = changesIn(event.details);
  const others = otherDetails(event.details);
  const raw = JSON.stringify(asRecorded(event), null, 2);
  return (
    <>
      <Title order={2} mb={16}>
        {event.sentence}
      </Title>
      <EventFacts event={event} />
      {changes.length > 0 && (
        <Section title="Changes">
          <Changes changes={changes} />
        </Section>
      )}
      {others.length > 0 && (
        <Section title="Details">
          <Facts facts={others.map(([name, value]) => ({ term: inWords(name), value }))} />
        </Section>
      )}
      <Section title="As recorded" action={<Copy value={raw} what="the event as JSON" />}>
        {/* Scrolls, so that the keyboard must reach it. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre className={classes.raw} tabIndex={0} role="region" aria-label="JSON of the event">
          {raw}
        </pre>
      </Section>
    </>
  );
}

function EventFacts({ event }: { event: AuditEvent }) {
  const page = pageOf(event);
  const credential = credentialOf(event);
  return (
    <Facts
      facts={[
        { term: "When", value: <ExactTime at={event.timestamp} /> },
        { term: "Action", value: inWords(event.action) },
        {
          term: "Actor",
          value: (
            <Same filters={{ actor: event.actor, view: "all" }} says="Everything by this actor">
              {event.actor_name} <Mono copies="the actor's id">{event.actor}</Mono>
            </Same>
          ),
        },
        ...(credential === null
          ? []
          : [
              {
                term: "Credential",
                value: (
                  <Same filters={{ actor: credential.id, view: "all" }} says="Everything with this credential">
                    {inWords(credential.kind)} {event.credential_name} <Mono copies="the credential's id">{credential.id}</Mono>
                  </Same>
                ),
              },
            ]),
        {
          term: "Resource",
          value: (
            <Same filters={{ resource_type: event.resource_type, resource_id: event.resource_id }} says="Everything about it">
              {inWords(event.resource_type)}{" "}
              {page === null ? event.resource_name : <PageLink to={page}>{event.resource_name ?? "page"}</PageLink>}{" "}
              <Mono copies="the resource's id">{event.resource_id}</Mono>
            </Same>
          ),
        },
        { term: "Team", value: event.team_id === null ? "None or several" : <CatalogLink kind="teams" id={event.team_id} /> },
        { term: "Event", value: <Mono copies="the event's id">{event.id}</Mono> },
      ]}
    />
  );
}

function PageLink({ to, children }: { to: string; children: string }) {
  return (
    <Anchor component={Link} to={to} inherit>
      {children}
    </Anchor>
  );
}

interface SameProps {
  filters: Record<string, string>;
  says: string;
  children: ReactNode;
}

function Same({ filters, says, children }: SameProps) {
  return (
    <>
      <div>{children}</div>
      <Anchor component={Link} to={`/audit?${new URLSearchParams(filters).toString()}`} size="xs">
        {says}
      </Anchor>
    </>
  );
}

interface SectionProps {
  title: string;
  action?: ReactNode;
  children: ReactNode;
}

function Section({ title, action, children }: SectionProps) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.sectionHead}>
        <Title order={3}>{title}</Title>
        {action !== undefined && <Group>{action}</Group>}
      </div>
      {children}
    </section>
  );
}
