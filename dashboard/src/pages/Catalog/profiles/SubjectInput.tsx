import { Select, TextInput } from "@mantine/core";

import { SUBJECT_ATTRIBUTES } from "../../../components/pki/subject";
import { RemoveRow, RowsInput } from "../RowsInput";
import classes from "./Profiles.module.css";
import { freeAttributes, lineOf, type RuleDraft, type RuleKind, ruleOf } from "./subjectRules";

interface SubjectInputProps {
  label: string;
  hint: string | undefined;
  /** A line for each attribute: see `subjectRules`. */
  value: readonly string[];
  onChange: (lines: string[]) => void;
  error: string | undefined;
}

const KINDS = [
  { value: "=", label: "is always" },
  { value: "~", label: "may be requested as" },
];

/** Attributes of the subject, each once, with a value or a pattern of values. */
export function SubjectInput({ label, hint, value, onChange, error }: SubjectInputProps) {
  const [next] = freeAttributes(value);
  const put = (index: number) => (rule: RuleDraft) => onChange(value.map((line, at) => (at === index ? lineOf(rule) : line)));
  const add = () => next !== undefined && onChange([...value, lineOf({ attribute: next, kind: "=", text: "" })]);
  return (
    <RowsInput label={label} hint={hint} error={error} add="Add attribute" onAdd={next === undefined ? undefined : add}>
      {value.map((line, index) => (
        <RuleInput
          key={ruleOf(line).attribute}
          rule={ruleOf(line)}
          free={freeAttributes(value)}
          onChange={put(index)}
          onRemove={() => onChange(value.filter((_, at) => at !== index))}
        />
      ))}
    </RowsInput>
  );
}

interface RuleInputProps {
  rule: RuleDraft;
  free: readonly string[];
  onChange: (rule: RuleDraft) => void;
  onRemove: () => void;
}

function RuleInput({ rule, free, onChange, onRemove }: RuleInputProps) {
  const { attribute, kind, text } = rule;
  const offered = Object.keys(SUBJECT_ATTRIBUTES).filter((each) => each === attribute || free.includes(each));
  return (
    <div className={classes.rule}>
      <Select
        label="Attribute"
        value={attribute}
        onChange={(chosen) => chosen !== null && onChange({ ...rule, attribute: chosen })}
        data={offered.map((value) => ({ value, label: `${SUBJECT_ATTRIBUTES[value] ?? value} (${value})` }))}
        allowDeselect={false}
      />
      <Select
        label="Rule"
        value={kind}
        onChange={(chosen) => chosen !== null && onChange({ ...rule, kind: chosen as RuleKind })}
        data={KINDS}
        allowDeselect={false}
      />
      <TextInput
        label={kind === "=" ? "Value" : "Pattern"}
        placeholder={kind === "=" ? "Example Inc" : "eng-*"}
        value={text}
        onChange={(event) => onChange({ ...rule, text: event.currentTarget.value })}
        autoComplete="off"
        spellCheck={false}
        required
      />
      <RemoveRow what={`attribute ${attribute}`} onRemove={onRemove} />
    </div>
  );
}
