import "@mantine/charts/styles.css";

import { BarChart } from "@mantine/charts";

export interface Series {
  name: string;
  label: string;
  color: string;
}

interface BarsProps {
  data: Record<string, string | number>[];
  series: Series[];
  height: number;
  withLegend?: boolean;
}

/** Stacked bars over the data's `label`. */
export default function Bars({ data, series, height, withLegend = false }: BarsProps) {
  return (
    <BarChart
      h={height}
      data={data}
      dataKey="label"
      type="stacked"
      series={series}
      withLegend={withLegend}
      legendProps={{ verticalAlign: "bottom" }}
      gridAxis="y"
      tickLine="none"
      gridColor="var(--line)"
      textColor="var(--mantine-color-dimmed)"
      maxBarWidth={28}
      barChartProps={{ accessibilityLayer: false, barCategoryGap: "18%" }}
      barProps={{ isAnimationActive: false }}
      xAxisProps={{ minTickGap: 28, tickMargin: 8 }}
      yAxisProps={{ allowDecimals: false, width: 34 }}
    />
  );
}
