/** Fields that several kinds have. */

import type { Codec } from "./codec";
import type { Field, Section } from "./fields";

export const NAME: Field = { name: "name", label: "Name", form: "text", hint: "Must be unique, ignoring case.", isNeeded: true };

export const EMAIL: Field = {
  name: "email",
  label: "Email address",
  form: "text",
  placeholder: "platform@example.com",
  pattern: /^[^@\s]+@[^@\s]+$/,
  says: "Enter a valid email address.",
};

export const TEAM: Field = { name: "team_id", label: "Team", form: "record", of: "teams", hint: "If left empty, your only team." };

const DIGEST: Field = {
  name: "digest",
  label: "Weekly digest",
  form: "choice",
  options: [
    { value: "weekly", label: "On Mondays at 08:00" },
    { value: "off", label: "Off" },
  ],
  fallback: "weekly",
};

const TIME_ZONE: Field = {
  name: "time_zone",
  label: "Time zone",
  form: "text",
  placeholder: "UTC",
  hint: "An IANA name, such as Europe/Berlin. If left empty, UTC.",
};

export const WEEKLY_DIGEST: Section = {
  title: "Weekly digest",
  hint: "What expires without a renewal, and what is wrong where certificates are served. Nothing is sent if there is nothing to do.",
  fields: [DIGEST, TIME_ZONE],
};

export const ENABLED: Field = { name: "enabled", label: "Enabled", form: "switch", fallback: true };

export const EACH_ON_ENTER = "Press Enter or a comma after each.";

/** `{"example.com": "Z123"}` as "example.com=Z123". */
export const PAIRS: Codec = {
  read: (json) =>
    typeof json === "object" && json !== null ? Object.entries(json).map(([name, value]) => `${name}=${String(value)}`) : [],
  write: (texts) =>
    Object.fromEntries(
      texts.map((text) => {
        const [name = "", ...rest] = text.split("=");
        return [name.trim(), rest.join("=").trim()];
      }),
    ),
};
