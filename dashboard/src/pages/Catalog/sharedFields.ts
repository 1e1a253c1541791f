/** Fields that several kinds have. */

import type { Codec } from "./codec";
import type { Field } from "./fields";

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
