import { useQuery } from "@tanstack/react-query";

import { bodyOf, client, type Schemas } from "./client";

export type Summary = Schemas["SummaryView"];
export type StatusCount = Schemas["StatusCountView"];
export type DayCount = Schemas["DayCountView"];
export type JobDay = Schemas["JobDayView"];
export type Metric = Schemas["MetricView"];

const REFRESH_MS = 30_000;

export const statsKeys = { all: ["stats"] as const };

export function useSummary() {
  return useQuery({
    queryKey: [...statsKeys.all, "summary"],
    queryFn: ({ signal }) => bodyOf(client.GET("/api/v1/stats/summary", { signal })),
    refetchInterval: REFRESH_MS,
  });
}

export function useStatusCounts() {
  return useQuery({
    queryKey: [...statsKeys.all, "by-status"],
    queryFn: async ({ signal }) => (await bodyOf(client.GET("/api/v1/stats/certificates-by-status", { signal }))).data,
    refetchInterval: REFRESH_MS,
  });
}

/** Today first. */
export function useExpirationTimeline(days: number) {
  return useQuery({
    queryKey: [...statsKeys.all, "expirations", days],
    queryFn: async ({ signal }) =>
      (await bodyOf(client.GET("/api/v1/stats/expiration-timeline", { params: { query: { days } }, signal }))).data,
    placeholderData: (before) => before,
  });
}

/** Today last. */
export function useJobTrend(days: number) {
  return useQuery({
    queryKey: [...statsKeys.all, "job-trend", days],
    queryFn: async ({ signal }) => (await bodyOf(client.GET("/api/v1/stats/job-trends", { params: { query: { days } }, signal }))).data,
    refetchInterval: REFRESH_MS,
  });
}

export function useMetrics() {
  return useQuery({
    queryKey: [...statsKeys.all, "metrics"],
    queryFn: async ({ signal }) => (await bodyOf(client.GET("/api/v1/metrics", { signal }))).data,
    refetchInterval: REFRESH_MS,
  });
}

/** The sum of the samples of `name` that have all of `labels`. */
export function metricTotal(metrics: readonly Metric[], name: string, labels: Record<string, string> = {}): number {
  const samples = metrics.find((metric) => metric.name === name)?.samples ?? [];
  const wanted = Object.entries(labels);
  const matching = samples.filter((sample) => wanted.every(([label, value]) => sample.labels[label] === value));
  return matching.reduce((sum, sample) => sum + sample.value, 0);
}
