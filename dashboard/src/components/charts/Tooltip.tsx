import { type CSSProperties, type MouseEvent, useState } from "react";

import classes from "./charts.module.css";

export interface TooltipLine {
  label: string;
  color: string;
  value: number;
}

interface Hovered {
  index: number;
  at: CSSProperties;
}

const GAP = 10;

/** What the pointer is over, and where to say so: beside it, on the side of the chart that has more room. */
export function useHovered() {
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const hover = (index: number, event: MouseEvent) => {
    const chart = event.currentTarget.closest("[data-chart]")?.getBoundingClientRect();
    if (chart !== undefined) setHovered({ index, at: besidePointer(event, chart) });
  };
  return { hovered, hover, leave: () => setHovered(null) };
}

function besidePointer({ clientX, clientY }: MouseEvent, chart: DOMRect): CSSProperties {
  const [x, y] = [clientX - chart.left, clientY - chart.top];
  return {
    ...(x < chart.width / 2 ? { left: x + GAP } : { right: chart.width - x + GAP }),
    ...(y < chart.height / 2 ? { top: y + GAP } : { bottom: chart.height - y + GAP }),
  };
}

interface TooltipProps {
  title?: string;
  lines: readonly TooltipLine[];
  at: CSSProperties;
}

export function Tooltip({ title, lines, at }: TooltipProps) {
  return (
    <div className={classes.tooltip} style={at}>
      {title !== undefined && <div className={classes.title}>{title}</div>}
      {lines.map(({ label, color, value }) => (
        <div key={label} className={classes.line}>
          <Swatch color={color} />
          <span className={classes.label}>{label}</span>
          {value.toLocaleString("en")}
        </div>
      ))}
    </div>
  );
}

export function Swatch({ color }: { color: string }) {
  return <span className={classes.swatch} style={{ background: color }} />;
}
