import { Input, NumberInput, Select } from "@mantine/core";
import { useId, useState } from "react";

import classes from "./Catalog.module.css";
import { UNITS, unitOf } from "./duration";

interface DurationFieldProps {
  label: string;
  hint: string | undefined;
  /** Seconds. */
  value: number;
  onChange: (seconds: number) => void;
  error: string | undefined;
}

export function DurationField({ label, hint, value, onChange, error }: DurationFieldProps) {
  const [unit, setUnit] = useState<string>(() => unitOf(value).value);
  const id = useId();
  const size = Number(unit);
  return (
    <Input.Wrapper id={id} label={label} description={hint} error={error} required>
      <div className={classes.duration}>
        <NumberInput
          id={id}
          value={value / size}
          onChange={(count) => onChange(Math.round(Number(count) * size))}
          min={1}
          allowDecimal={false}
          error={error !== undefined}
        />
        <Select
          aria-label={`Unit of ${label.toLowerCase()}`}
          value={unit}
          onChange={(chosen) => {
            if (chosen === null) return;
            setUnit(chosen);
            onChange((value / size) * Number(chosen));
          }}
          data={UNITS.map(({ value: seconds, label: words }) => ({ value: seconds, label: words }))}
          allowDeselect={false}
        />
      </div>
    </Input.Wrapper>
  );
}
