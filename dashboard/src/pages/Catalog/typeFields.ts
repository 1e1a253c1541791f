/** The fields of a type's settings, as the API describes them. */

import type { ConfigSetting } from "../../api/catalogTypes";
import type { FieldLabels } from "../../components/words/fieldLabels";
import type { Draft, Field, Option, Section } from "./fields";
import { EACH_ON_ENTER, PAIRS } from "./sharedFields";

/** The API's description of a type of issuers or targets. */
interface DescribedType {
  type: string;
  label: string;
  settings: readonly ConfigSetting[];
}

type Common = Pick<Field, "name" | "label" | "hint" | "placeholder" | "isNeeded">;

export function optionsOf(types: readonly DescribedType[]): Option[] {
  return types.map(({ type, label }) => ({ value: type, label }));
}

export function labelOf(types: readonly DescribedType[], type: string): string {
  return types.find((one) => one.type === type)?.label ?? type;
}

/** Labels of the settings, by path in the API's bodies. */
export function settingLabels(types: readonly DescribedType[], type: string): FieldLabels {
  const settings = types.find((one) => one.type === type)?.settings ?? [];
  return Object.fromEntries(settings.map(({ name, label }) => [`config.${name}`, label]));
}

/** The type of a new record is the first one, until another is chosen. */
export function typeField(types: readonly DescribedType[]): Field {
  return { name: "type", label: "Type", form: "choice", options: optionsOf(types), fallback: types[0]?.type ?? "", isFixed: true };
}

/** Sections of the settings that belong to the draft: those of an object have one of their own. */
export function settingSections(types: readonly DescribedType[], draft: Draft): Section[] {
  const type = types.find((one) => one.type === draft.type) ?? types[0];
  if (type === undefined) return [];
  const shown = type.settings.filter((setting) => belongs(type, setting, draft));
  const plain = shown.filter(({ group }) => group === null);
  const titles = new Set(shown.flatMap(({ group }) => (group === null ? [] : [group.label])));
  const own = plain.length > 0 ? [{ title: `Settings of ${type.label}`, fields: plain.map(fieldOf) }] : [];
  return [...own, ...[...titles].map((title) => groupSection(title, shown))];
}

function groupSection(title: string, settings: readonly ConfigSetting[]): Section {
  const members = settings.filter(({ group }) => group?.label === title);
  return { title, hint: members[0]?.group?.help ?? "", fields: members.map(fieldOf) };
}

function belongs(type: DescribedType, { only_with: condition }: ConfigSetting, draft: Draft): boolean {
  if (condition === null) return true;
  const usual = type.settings.find(({ name }) => name === condition.setting)?.default;
  return (draft[`config.${condition.setting}`] ?? usual) === condition.option;
}

function fieldOf(setting: ConfigSetting): Field {
  const common: Common = {
    name: `config.${setting.name}`,
    label: setting.label,
    ...(setting.help !== "" && { hint: setting.help }),
    ...(setting.placeholder !== "" && { placeholder: setting.placeholder }),
    ...(setting.required && { isNeeded: true as const }),
  };
  switch (setting.form) {
    case "text":
    case "secret":
      return { ...common, form: "text", ...patternOf(setting) };
    case "lines":
      return { ...common, form: "lines" };
    case "number":
      return {
        ...common,
        ...usualNumber(setting),
        form: "number",
        min: setting.minimum ?? 0,
        max: setting.maximum ?? Number.MAX_SAFE_INTEGER,
      };
    case "switch":
      return { ...common, form: "switch", fallback: setting.default === true };
    case "choice":
      return { ...common, form: "choice", options: setting.options, fallback: String(setting.default ?? "") };
    case "list":
      return { ...common, form: "list", hint: `${setting.help} ${EACH_ON_ENTER}`.trim() };
    case "pairs":
      return { ...common, form: "list", codec: PAIRS, hint: `${setting.help} ${EACH_ON_ENTER}`.trim() };
    case "arguments":
      return { ...common, form: "list", allowsRepeats: true, isOneByOne: true, ...usualArguments(setting) };
  }
}

function patternOf({ pattern, expected }: ConfigSetting): { pattern?: RegExp; says?: string } {
  return pattern === null ? {} : { pattern: new RegExp(pattern), says: expected };
}

function usualNumber({ default: usual, unit }: ConfigSetting): { unit?: string; placeholder?: string } {
  const placeholder = typeof usual === "number" ? { placeholder: `${usual} ${unit}`.trim() } : {};
  return unit === "" ? placeholder : { unit, ...placeholder };
}

/** None at all is another thing than the usual ones. */
function usualArguments({ default: usual }: ConfigSetting): { fallback?: readonly string[]; isSentEmpty?: true } {
  return Array.isArray(usual) && usual.length > 0 ? { fallback: usual, isSentEmpty: true } : {};
}
