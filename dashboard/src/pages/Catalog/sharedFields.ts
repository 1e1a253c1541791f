/** Fields that several kinds have. */

import type { Codec, Field } from "./fields";

export const NAME: Field = { name: "name", label: "Name", form: "text", hint: "Unique among its kind, whatever the case.", isNeeded: true };

export const EMAIL: Field = {
  name: "email",
  label: "Mail address",
  form: "text",
  placeholder: "platform@example.com",
  pattern: /^[^@\s]+@[^@\s]+$/,
  says: "A mail address.",
};

export const TEAM: Field = { name: "team_id", label: "Team", form: "record", of: "teams", hint: "Without one it is your key's only team." };

export const ENABLED: Field = { name: "enabled", label: "Enabled", form: "switch", fallback: true };

export const EACH_ON_ENTER = "Enter or a comma ends one.";

/** `{"example.com": "Z123"}` as "example.com=Z123". */
export const PAIRS: Codec = {
  read: (json) => (typeof json === "object" && json !== null ? Object.entries(json).map(([name, value]) => `${name}=${String(value)}`) : []),
  write: (texts) =>
    Object.fromEntries(
      texts.map((text) => {
        const [name = "", ...rest] = text.split("=");
        return [name.trim(), rest.join("=").trim()];
      }),
    ),
};
