import { useQuery } from "@tanstack/react-query";

import { type Authority, useAuthorities } from "../../api/authorities";
import { type Campaign, campaignKeys, listCampaigns } from "../../api/campaigns";
import { getJob, type Job, jobKeys, listJobs } from "../../api/jobs";
import { useCan } from "../../components/session";
import { labelOf, toneOf } from "../../components/StatusBadge";
import { counted } from "../../components/words/count";
import { fitting, WITHIN } from "./fuzzy";
import type { Item, ItemGroup } from "./items";

const MOST_OF_A_KIND = 4;
const GOOD_FOR_MS = 60_000;
const WHOLE_JOB_ID = /^job-[0-9a-z]{26}$/;

interface ListSearch {
  group: ItemGroup;
  isReading: boolean;
  /** What could not be read: "the CAs". */
  unread: string[];
}

/** CAs, the newest campaigns and jobs, and any job by its whole id. */
export function useWorkSearch(typed: string): { groups: ItemGroup[]; isReading: boolean; notes: string[] } {
  const found = [useCaSearch(typed), useCampaignSearch(typed), useJobSearch(typed)];
  const unread = found.flatMap((one) => one.unread);
  return {
    groups: found.map(({ group }) => group),
    isReading: found.some(({ isReading }) => isReading),
    notes: unread.length > 0 ? [`Not searched, because they could not be loaded: ${unread.join(", ")}.`] : [],
  };
}

interface Read<Row> {
  data: readonly Row[] | undefined;
  isLoading: boolean;
  isError: boolean;
}

function searched<Row>(title: string, { data, isLoading, isError }: Read<Row>, typed: string, itemOf: (row: Row) => Item): ListSearch {
  const items = typed === "" ? [] : fitting((data ?? []).map(itemOf), typed, textsOf, WITHIN);
  return { group: { title, items: items.slice(0, MOST_OF_A_KIND) }, isReading: isLoading, unread: isError ? [title] : [] };
}

const textsOf = ({ title, detail, words }: Item) => [title, ...(detail ? [detail] : []), ...(words ? [words] : [])];

function useCaSearch(typed: string): ListSearch {
  const isAllowed = useCan("catalog:read") && typed !== "";
  const read = useAuthorities({ enabled: isAllowed, staleTime: GOOD_FOR_MS });
  return searched("CAs", { ...read, data: read.data?.flatMap(caItems) }, typed, (item) => item);
}

/** The CA, and what to do if an issuing one is compromised. */
function caItems(authority: Authority): Item[] {
  const ca = caItem(authority);
  if (authority.role !== "issuing") return [ca];
  const goal = `/cas/${encodeURIComponent(authority.ca_id)}?compromised=1`;
  const title = `CA compromised: what to do (${authority.subject})`;
  return [ca, { id: goal, kind: "CA", title, icon: "alert", words: "compromise leaked emergency revoke", goal }];
}

function caItem({ ca_id, subject, role, state }: Authority): Item {
  const goal = `/cas/${encodeURIComponent(ca_id)}`;
  const status = { word: labelOf(state), tone: toneOf(state) };
  return { id: goal, kind: "CA", title: subject, icon: "key", detail: ca_id, words: `${role} ca`, status, goal };
}

function useCampaignSearch(typed: string): ListSearch {
  const isAllowed = useCan("campaigns:read") && typed !== "";
  const read = useQuery({
    queryKey: [...campaignKeys.list, "search"],
    queryFn: ({ signal }) => listCampaigns({ cursor: undefined, signal }),
    enabled: isAllowed,
    staleTime: GOOD_FOR_MS,
  });
  return searched("Campaigns", { ...read, data: read.data?.data }, typed, campaignItem);
}

function campaignItem({ id, reason, state, total }: Campaign): Item {
  const goal = `/campaigns/${encodeURIComponent(id)}`;
  const title = `Campaign of ${counted(total, "certificates")}: ${labelOf(reason)}`;
  const status = { word: labelOf(state), tone: toneOf(state) };
  return { id: goal, kind: "Campaign", title, icon: "replay", detail: id, words: `campaign ${reason}`, status, goal };
}

function useJobSearch(typed: string): ListSearch {
  const isAllowed = useCan("jobs:read") && typed !== "";
  const newest = useQuery({
    queryKey: [...jobKeys.all, "search"],
    queryFn: ({ signal }) => listJobs({}, { cursor: undefined, signal }),
    enabled: isAllowed,
    staleTime: GOOD_FOR_MS,
  });
  const id = typed.toLowerCase();
  const isListed = newest.data?.data.some((job) => job.id === id) === true;
  const one = useQuery({
    queryKey: jobKeys.one(id),
    queryFn: ({ signal }) => getJob(id, signal),
    enabled: isAllowed && newest.data !== undefined && !isListed && WHOLE_JOB_ID.test(id),
    retry: false,
  });
  const rows: readonly Job[] | undefined = one.data === undefined ? newest.data?.data : [one.data];
  const isReading = newest.isLoading || one.isLoading;
  return searched("Jobs", { data: rows, isLoading: isReading, isError: newest.isError }, typed, jobItem);
}

function jobItem({ id, type, status, certificate_name, certificate_id }: Job): Item {
  const goal = `/jobs?open=${encodeURIComponent(id)}`;
  const subject = certificate_name ?? certificate_id;
  const title = subject === null ? labelOf(type) : `${labelOf(type)} of ${subject}`;
  return { id: goal, kind: "Job", title, icon: "jobs", detail: id, status: { word: labelOf(status), tone: toneOf(status) }, goal };
}
