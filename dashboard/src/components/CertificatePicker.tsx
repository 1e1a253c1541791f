/** A certificate to choose, by name: found by the API as the page of certificates finds them. */

import { Loader, type OptionsFilter, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { certificateKeys, getCertificate, searchCertificates } from "../api/certificates";
import { messageOf } from "../api/errors";
import filterBar from "./FilterBar.module.css";

const OPTIONS = 10;
const TYPING_MS = 250;
const GOOD_FOR_MS = 300_000;

interface PickerProps {
  /** "": none. */
  value: string;
  onChange: (id: string) => void;
}

/** The API has chosen already. */
const asFound: OptionsFilter = ({ options }) => options;

function labelOf({ id, name }: { id: string; name: string }): string {
  return `${name} (${id})`;
}

/** What a Mantine select of certificates needs. */
function useSearchable({ value, onChange }: PickerProps) {
  const [search, setSearch] = useState("");
  const chosen = useQuery({
    queryKey: certificateKeys.one(value),
    queryFn: ({ signal }) => getCertificate(value, signal),
    enabled: value !== "",
    staleTime: GOOD_FOR_MS,
    retry: false,
  });
  const own = value === "" ? null : { value, label: chosen.data === undefined ? value : labelOf(chosen.data) };
  // Of a choice that was made, the input shows the label: that is no search.
  const [wanted] = useDebouncedValue(search === own?.label ? "" : search.trim(), TYPING_MS);
  const found = useQuery({
    queryKey: [...certificateKeys.search(wanted), "options"],
    queryFn: ({ signal }) => searchCertificates(wanted, OPTIONS, signal),
    enabled: wanted !== "",
    placeholderData: keepPreviousData,
  });
  const rows = wanted === "" ? [] : (found.data?.data ?? []).map((row) => ({ value: row.id, label: labelOf(row) }));
  return {
    data: own === null ? rows : [own, ...rows.filter((row) => row.value !== own.value)],
    value: value === "" ? null : value,
    onChange: (id: string | null) => onChange(id ?? ""),
    filter: asFound,
    searchable: true,
    searchValue: search,
    onSearchChange: setSearch,
    nothingFoundMessage: nothingWords(wanted, found),
    rightSection: found.isFetching ? <Loader size={14} aria-hidden /> : undefined,
  };
}

function nothingWords(wanted: string, { error, isFetching }: { error: Error | null; isFetching: boolean }): string {
  if (error !== null) return `Could not search: ${messageOf(error)}`;
  if (wanted === "") return "Type a name, ID or serial number";
  return isFetching ? "Searching…" : "No matches";
}

interface SelectProps extends PickerProps {
  label?: string;
  error?: string | undefined;
  required?: boolean;
  /** The choice can be taken back. */
  isOptional?: boolean;
}

/** In a form. */
export function CertificateSelect({ label = "Certificate", error, required = false, isOptional = false, ...rest }: SelectProps) {
  const searchable = useSearchable(rest);
  return (
    <Select
      {...searchable}
      label={label}
      placeholder="Name, ID or serial number"
      error={error}
      required={required}
      clearable={isOptional}
      clearButtonProps={{ "aria-label": `Clear ${label.toLowerCase()}` }}
    />
  );
}

interface FilterProps {
  value: string | undefined;
  onChange: (id: string | null) => void;
}

/** To filter by; within a `FilterBar`. */
export function CertificateFilter({ value, onChange }: FilterProps) {
  const searchable = useSearchable({ value: value ?? "", onChange: (id) => onChange(id === "" ? null : id) });
  return (
    <Select
      {...searchable}
      aria-label="Certificate"
      placeholder="Certificate"
      clearable
      className={filterBar.field ?? ""}
      comboboxProps={{ width: "max-content", position: "bottom-start" }}
      clearButtonProps={{ "aria-label": "Clear certificate", tabIndex: -1 }}
    />
  );
}
