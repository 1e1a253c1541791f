import { useElementSize } from "@mantine/hooks";
import { useState } from "react";

import classes from "./charts.module.css";
import { labelEvery, ticksUpTo } from "./scale";
import { Swatch, Tooltip, useHovered } from "./Tooltip";

export interface Series<Name extends string> {
  name: Name;
  label: string;
  color: string;
}

export type Bar<Name extends string> = Record<Name, number> & { label: string };

interface BarsProps<Name extends string> {
  data: readonly Bar<Name>[];
  /** From the bottom of each bar up. */
  series: readonly Series<Name>[];
  onPick?: (index: number) => void;
}

const LABEL_WIDTH = 66;

/** Stacked bars with a legend, as tall as there is room. */
export function Bars<Name extends string>({ data, series, onPick }: BarsProps<Name>) {
  const { ref, width } = useElementSize();
  const { hovered, hover, leave } = useHovered();
  const [highlit, setHighlit] = useState<Name | null>(null);
  const every = labelEvery(data.length, width, LABEL_WIDTH);
  const ticks = ticksUpTo(Math.max(...data.map((bar) => heightOf(bar, series))));
  const most = ticks.at(-1) ?? 1;
  const bar = data[hovered?.index ?? -1];
  return (
    <div className={classes.chart} data-chart>
      <div className={classes.plot}>
        <Grid ticks={ticks} most={most} />
        <div ref={ref} className={classes.columns} aria-hidden onMouseLeave={leave}>
          {data.map((one, index) => (
            <div key={one.label} className={classes.column} aria-hidden onMouseMove={(event) => hover(index, event)}>
              <div className={classes.bar} aria-hidden data-pickable={onPick !== undefined} onClick={() => onPick?.(index)}>
                {series.map(({ name, color }) => (
                  <div
                    key={name}
                    className={classes.part}
                    data-faded={highlit !== null && highlit !== name}
                    style={{ height: percent(one[name], most), background: color }}
                  />
                ))}
              </div>
              {index % every === 0 && <span className={classes.day}>{one.label}</span>}
            </div>
          ))}
        </div>
      </div>
      <Legend series={series} onHighlight={setHighlit} />
      {bar !== undefined && hovered !== null && (
        <Tooltip title={bar.label} lines={series.map(({ name, ...line }) => ({ ...line, value: bar[name] }))} at={hovered.at} />
      )}
    </div>
  );
}

function heightOf<Name extends string>(bar: Bar<Name>, series: readonly Series<Name>[]): number {
  return series.reduce((sum, { name }) => sum + bar[name], 0);
}

function percent(part: number, whole: number): string {
  return `${(100 * part) / whole}%`;
}

function Grid({ ticks, most }: { ticks: readonly number[]; most: number }) {
  return ticks.map((tick) => (
    <div key={tick} className={classes.gridLine} style={{ bottom: percent(tick, most) }}>
      <span className={classes.tick}>{tick.toLocaleString("en")}</span>
    </div>
  ));
}

interface LegendProps<Name extends string> {
  series: readonly Series<Name>[];
  /** The series that the pointer is over in the legend. */
  onHighlight: (name: Name | null) => void;
}

function Legend<Name extends string>({ series, onHighlight }: LegendProps<Name>) {
  return (
    <div className={classes.legend}>
      {series.map(({ name, label, color }) => (
        <div key={name} className={classes.entry} aria-hidden onMouseEnter={() => onHighlight(name)} onMouseLeave={() => onHighlight(null)}>
          <Swatch color={color} />
          {label}
        </div>
      ))}
    </div>
  );
}
