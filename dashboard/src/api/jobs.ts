import { bodyOf, client, type Page, type Schemas } from "./client";
import type { operations } from "./schema";
import type { PageRequest } from "./paging";

export type Job = Schemas["JobView"];
/** One job as it is read by its id: with what its approval rests on. */
export type JobDetails = Schemas["JobDetailsView"];
export type JobFilters = Omit<NonNullable<operations["list_jobs"]["parameters"]["query"]>, "cursor" | "per_page">;

const ENDED: readonly Job["status"][] = ["Completed", "Failed", "Cancelled"];

export function isOpenJob({ status }: Pick<Job, "status">): boolean {
  return !ENDED.includes(status);
}

/** The first page is there soon; who reads on reads faster. */
const [FIRST_ROWS, MORE_ROWS] = [100, 500];

export const jobKeys = {
  all: ["jobs"] as const,
  list: (filters: JobFilters) => ["jobs", "list", filters] as const,
  one: (id: string) => ["jobs", "one", id] as const,
};

export function listJobs(filters: JobFilters, { cursor, signal }: PageRequest): Promise<Page<Job>> {
  const rows = cursor === undefined ? { per_page: FIRST_ROWS } : { per_page: MORE_ROWS, cursor };
  return bodyOf(client.GET("/api/v1/jobs", { params: { query: { ...filters, ...rows } }, signal }));
}

export function getJob(id: string, signal?: AbortSignal): Promise<JobDetails> {
  return bodyOf(client.GET("/api/v1/jobs/{job_id}", { params: path(id), ...(signal && { signal }) }));
}

/** Ends an open one, a running one too. */
export function cancelJob(id: string): Promise<Job> {
  return bodyOf(client.POST("/api/v1/jobs/{job_id}/cancel", { params: path(id) }));
}

/** Not for the requester. */
export function approveJob(id: string): Promise<Job> {
  return bodyOf(client.POST("/api/v1/jobs/{job_id}/approve", { params: path(id) }));
}

/** Cancels one that awaits approval. */
export function rejectJob(id: string): Promise<Job> {
  return bodyOf(client.POST("/api/v1/jobs/{job_id}/reject", { params: path(id) }));
}

function path(id: string) {
  return { path: { job_id: id } };
}
