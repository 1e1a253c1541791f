import "@mantine/charts/styles.css";

import { DonutChart } from "@mantine/charts";

import classes from "./ChartFigure.module.css";

interface DonutProps {
  data: { name: string; value: number; color: string }[];
  size: number;
  /** In its middle. */
  label: string;
  /** A segment was clicked. The legend has the same as links: this is for the mouse alone. */
  onPick: (index: number) => void;
}

export default function Donut({ data, size, label, onPick }: DonutProps) {
  return (
    <DonutChart
      className={classes.pickable ?? ""}
      chartLabel={label}
      data={data}
      size={size}
      thickness={22}
      paddingAngle={data.length > 1 ? 2 : 0}
      strokeWidth={0}
      startAngle={90}
      endAngle={-270}
      tooltipDataSource="segment"
      pieChartProps={{ accessibilityLayer: false }}
      pieProps={{ isAnimationActive: false, rootTabIndex: -1, onClick: (_, index) => onPick(index) }}
    />
  );
}
