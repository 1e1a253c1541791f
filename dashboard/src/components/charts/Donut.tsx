import "@mantine/charts/styles.css";

import { DonutChart } from "@mantine/charts";

interface DonutProps {
  data: { name: string; value: number; color: string }[];
  size: number;
}

export default function Donut({ data, size }: DonutProps) {
  return (
    <DonutChart
      data={data}
      size={size}
      thickness={22}
      paddingAngle={data.length > 1 ? 2 : 0}
      strokeWidth={0}
      startAngle={90}
      endAngle={-270}
      tooltipDataSource="segment"
      pieChartProps={{ accessibilityLayer: false }}
      pieProps={{ isAnimationActive: false, rootTabIndex: -1 }}
    />
  );
}
