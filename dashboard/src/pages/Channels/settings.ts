/** A channel's settings as its kind defines them: GET /channel-kinds. */

import type { ChannelDefinition, ChannelSetting } from "../../api/channels";
import type { FieldLabels } from "../../components/words/fieldLabels";

export type Settings = Record<string, string>;

export const SECRET_PLACEHOLDER = "certctl/<stack>/channels/<name>";
const SECRET_NAME = /^\/?certctl\/[A-Za-z0-9-]+\/channels\/[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
/** What the API shows in place of what may be secret. */
const HIDDEN = "[redacted]";

/** Those that a channel with these settings has: some belong to one option of another. */
export function fieldsOf({ settings }: ChannelDefinition, given: Settings): ChannelSetting[] {
  const valueOf = (name: string) => {
    const deciding = settings.find((setting) => setting.name === name);
    const value = given[name] ?? "";
    return deciding?.options.includes(value) === true ? value : deciding?.default;
  };
  return settings.filter(({ only_with }) => only_with === null || valueOf(only_with.setting) === only_with.option);
}

/** By path in the API's bodies. */
export function settingLabels({ settings }: Pick<ChannelDefinition, "settings">): FieldLabels {
  return Object.fromEntries(settings.map(({ name, label }) => [`settings.${name}`, label]));
}

export function isHidden(text: string | undefined): boolean {
  return text?.includes(HIDDEN) === true;
}

/** Why the text cannot be meant, before anything is sent: a secret that was pasted by mistake stays in the browser.
 *  `stored` is what the API shows: sent back, it changes nothing. */
export function problemOf({ form, required }: ChannelSetting, text: string, stored: string | undefined): string | null {
  if (text === "") return required ? "Required." : null;
  if (text === stored) return null;
  if (isHidden(text)) return "Enter the value itself, or restore what was there.";
  const isUrl = /^https?:\/\//.test(text);
  if (form === "secret" && !SECRET_NAME.test(text)) return `Enter the name of a secret, ${SECRET_PLACEHOLDER}, never the secret itself.`;
  if (form === "url" && !isUrl) return "Enter an https URL.";
  if (form === "url_or_secret" && !isUrl && !SECRET_NAME.test(text))
    return `Enter an https URL, or the name of a secret: ${SECRET_PLACEHOLDER}.`;
  return null;
}
