import { Anchor, Button, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";

import { type DigestOf, type DigestPreview as Preview, useDigestPreview } from "../../../api/digests";
import { useCan } from "../../../components/session";
import { Failure, Loading } from "../../../components/states";
import { ExactTime } from "../../../components/Time";
import classes from "../Catalog.module.css";

type Setting = Pick<Preview, "digest"> & { time_zone: string };
type Section = Preview["sections"][number];

const TITLES: Record<Section["list"], string> = {
  expiring: "to renew by hand",
  unmanaged: "unmanaged, and expired or expiring soon",
  unowned: "without an owner, and expired or expiring soon",
  endpoints: "endpoints with open findings",
  sources: "sources without reports",
};

export function digestInWords({ digest, time_zone }: Setting): string {
  return digest === "off" ? "Off" : `Mondays at 08:00, ${time_zone}`;
}

/** What the weekly digest would be now, once somebody asks. */
export function DigestPreview({ of }: { of: DigestOf }) {
  const [isOpen, setOpen] = useState(false);
  const preview = useDigestPreview(of, isOpen);
  if (!useCan("notifications:read")) return null;
  return (
    <section className={classes.drawerSection} aria-label="Weekly digest">
      <div className={classes.drawerHead}>
        <h3 className={classes.drawerTitle}>Weekly digest</h3>
        {!isOpen && (
          <Button size="compact-xs" variant="default" onClick={() => setOpen(true)}>
            Preview
          </Button>
        )}
      </div>
      {preview.isLoading && <Loading label="Loading the preview" />}
      {preview.error !== null && <Failure error={preview.error} what="the preview" onRetry={() => void preview.refetch()} />}
      {preview.data && <Shown preview={preview.data} />}
    </section>
  );
}

function Shown({ preview }: { preview: Preview }) {
  return (
    <>
      <Text size="sm">{consequence(preview)}</Text>
      {preview.digest === "weekly" && (
        <Text size="sm" c="dimmed">
          Next one: <ExactTime at={preview.next_at} />
        </Text>
      )}
      {preview.sections.map((section) => (
        <SectionList key={section.list} section={section} />
      ))}
    </>
  );
}

function consequence({ digest, sections, destinations }: Preview): string {
  if (digest === "off") return "It is turned off.";
  if (sections.length === 0) return "There is nothing to do now: nothing would be sent.";
  if (destinations.length === 0) return "No channel would get it.";
  return `It would go to ${destinations.map(({ recipient, channel_id }) => (recipient === channel_id ? recipient : `${recipient} by ${channel_id}`)).join(", ")}.`;
}

function SectionList({ section }: { section: Section }) {
  const { href, rows, count, complete } = section;
  const title = `${complete ? "" : "At least "}${count.toLocaleString("en")} ${TITLES[section.list]}`;
  return (
    <>
      <Text size="sm" fw={600} mt="sm">
        {href === null ? (
          title
        ) : (
          <Anchor component={Link} to={href} inherit>
            {title}
          </Anchor>
        )}
      </Text>
      <ul className={classes.links}>
        {rows.map(({ id, name, at, note }) => (
          <li key={id}>
            <span>
              {name}
              {note !== "" && `, ${note}`}
            </span>
            {at !== null && <ExactTime at={at} />}
          </li>
        ))}
      </ul>
    </>
  );
}
