import { Button, SegmentedControl } from "@mantine/core";
import type { ReactNode } from "react";

import { type Density, useDensity } from "../../components/density";
import { useIsNarrow } from "../../components/narrow";
import classes from "./Certificates.module.css";
import { type CertificateFilterState } from "./filters";

/** Hours from now. */
const PRESETS = [
  { within: "24", label: "24 hours" },
  { within: "168", label: "7 days" },
  { within: "720", label: "30 days" },
];

const DENSITIES = [
  { value: "comfortable", label: "Comfortable" },
  { value: "compact", label: "Compact" },
];

/** Between filters and table: what people ask most, and how the table is shown. A narrow one has one column, and rows of one height. */
export function Tools({ filters, children }: { filters: CertificateFilterState; children: ReactNode }) {
  const isNarrow = useIsNarrow();
  return (
    <div className={classes.tools}>
      <Presets filters={filters} />
      <div className={classes.end}>
        {children}
        {!isNarrow && <DensitySwitch />}
      </div>
    </div>
  );
}

function Presets({ filters: { values, set } }: { filters: CertificateFilterState }) {
  return PRESETS.map(({ within, label }) => {
    const isOn = values.within === within;
    return (
      <Button
        key={within}
        size="compact-sm"
        variant={isOn ? "light" : "default"}
        aria-pressed={isOn}
        onClick={() => set("within", isOn ? null : within)}
      >
        Expires in {label}
      </Button>
    );
  });
}

function DensitySwitch() {
  const { density, setDensity } = useDensity();
  return (
    <SegmentedControl
      size="xs"
      aria-label="Row height"
      data={DENSITIES}
      value={density}
      onChange={(value) => setDensity(value as Density)}
    />
  );
}
