import "@mantine/charts/styles.css";

import { BarChart } from "@mantine/charts";

import classes from "./ChartFigure.module.css";

export interface Series {
  name: string;
  label: string;
  color: string;
}

interface BarsProps {
  data: Record<string, string | number>[];
  series: Series[];
  withLegend?: boolean;
  /** A bar was clicked. */
  onPick?: (index: number) => void;
}

/** Stacked bars over the data's `label`, as tall as there is room. */
export default function Bars({ data, series, withLegend = false, onPick }: BarsProps) {
  return (
    <BarChart
      h="100%"
      data={data}
      dataKey="label"
      type="stacked"
      series={series}
      withLegend={withLegend}
      legendProps={{ verticalAlign: "bottom", itemSorter: null }}
      gridAxis="x"
      tickLine="none"
      gridColor="var(--line)"
      textColor="var(--mantine-color-dimmed)"
      maxBarWidth={28}
      barChartProps={{ accessibilityLayer: false, barCategoryGap: "18%" }}
      barProps={{ isAnimationActive: false, ...(onPick && { className: classes.pickable ?? "", onClick: (_, index) => onPick(index) }) }}
      xAxisProps={{ minTickGap: 28, tickMargin: 8 }}
      yAxisProps={{ allowDecimals: false, width: 34 }}
    />
  );
}
