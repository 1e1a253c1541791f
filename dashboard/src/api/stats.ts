import { queryOptions, useQuery } from "@tanstack/react-query";

import { bodyOf, client, type Schemas } from "./client";
import { ApiError } from "./errors";
import { LIST_POLL_MS, sharedOrNow } from "./polling";

export type Summary = Schemas["SummaryView"];
export type StatusCount = Schemas["StatusCountView"];
export type DayCount = Schemas["DayCountView"];
export type JobDay = Schemas["JobDayView"];
export type Metric = Schemas["MetricView"];

type Overview = Schemas["OverviewView"];

/** Charts look so far ahead and back; a page asks for all of it, so that another view of it is no other request. */
const MOST_EXPIRY_DAYS = 364;
export const JOB_DAYS = 30;

export const statsKeys = { all: ["stats"] as const };

/** Every number of the stack in one request, so that those on one page agree, and one poll refreshes them all. */
const overviewQuery = queryOptions({
  queryKey: [...statsKeys.all, "overview"],
  queryFn: ({ signal }) =>
    bodyOf(
      client.GET("/api/v1/stats/overview", {
        params: { query: { expiry_days: MOST_EXPIRY_DAYS, job_days: JOB_DAYS } },
        cache: sharedOrNow(),
        signal,
      }),
    ),
  refetchInterval: LIST_POLL_MS,
});

/** Throws for a part that could not be read, which is the error of its card alone. */
function known<Part>(part: Part | null): Part {
  if (part === null) throw new ApiError(503, "Unavailable", "These numbers are not available right now.");
  return part;
}

export function useSummary() {
  return useQuery({ ...overviewQuery, select: summaryOf });
}

export function useStatusCounts() {
  return useQuery({ ...overviewQuery, select: statusesOf });
}

/** Today first, `days` at most. */
export function useExpirationTimeline(days: number) {
  return useQuery({ ...overviewQuery, select: (overview) => known(overview.expirations).slice(0, days) });
}

/** Today last. */
export function useJobTrend() {
  return useQuery({ ...overviewQuery, select: jobDaysOf });
}

export function useMetrics() {
  return useQuery({ ...overviewQuery, select: metricsOf });
}

const summaryOf = ({ summary }: Overview) => summary;
const statusesOf = ({ statuses }: Overview) => known(statuses);
const jobDaysOf = ({ job_days }: Overview) => known(job_days);
const metricsOf = ({ metrics }: Overview) => metrics;

/** The sum of the samples of `name` that have all of `labels`. */
export function metricTotal(metrics: readonly Metric[], name: string, labels: Record<string, string> = {}): number {
  const samples = metrics.find((metric) => metric.name === name)?.samples ?? [];
  const wanted = Object.entries(labels);
  const matching = samples.filter((sample) => wanted.every(([label, value]) => sample.labels[label] === value));
  return matching.reduce((sum, sample) => sum + sample.value, 0);
}
