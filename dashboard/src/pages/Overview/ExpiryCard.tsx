import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";

import { type DayCount, useExpirationTimeline } from "../../api/stats";
import { Card } from "../../components/Card";
import { Bars } from "../../components/charts/Bars";
import { ChartFigure } from "../../components/charts/ChartFigure";
import { Empty, QueryView } from "../../components/states";
import { counted } from "../../components/words/count";
import { barsOf, listOfBar, SERIES, totalOf } from "./expiry";

const HEIGHT = 240;

/** 47 days are what a public certificate may live from March 2029 on (CA/Browser Forum, SC-081). */
const VIEWS = [
  { value: "47", label: "47 days" },
  { value: "90", label: "90 days" },
  { value: "364", label: "A year" },
];

export function ExpiryCard() {
  const [view, setView] = useState("47");
  const query = useExpirationTimeline(Number(view));
  return (
    <Card
      title="Expiry"
      description="Certificates by the day (UTC) on which they expire."
      actions={<SegmentedControl size="xs" aria-label="Days ahead" data={VIEWS} value={view} onChange={setView} />}
    >
      <QueryView query={query} what="the expiry timeline">
        {(days) => <Timeline days={days} view={Number(view)} />}
      </QueryView>
    </Card>
  );
}

function Timeline({ days, view }: { days: readonly DayCount[]; view: number }) {
  const total = totalOf(days);
  const go = useNavigate();
  if (total === 0) return <Empty title={`Nothing expires in the next ${view} days`} icon="calendar" />;
  const bars = barsOf(days);
  return (
    <ChartFigure
      summary={`${counted(total, "certificates")} ${total === 1 ? "expires" : "expire"} in the next ${view} days.`}
      columns={["Day", "Certificates"]}
      rows={days.filter(({ count }) => count > 0).map(({ date, count }) => [date, count])}
      height={HEIGHT}
    >
      <Bars data={bars} series={SERIES} onPick={(index) => void go(listOfBar(days, index))} />
    </ChartFigure>
  );
}
