import { useMemo, useState } from "react";

import type { ImportedCertificate } from "../../api/inventory";
import { entriesOf } from "./entries";
import { contentsOf, type FileContents } from "./readFile";

export interface Problem {
  place: string;
  reason: string;
}

/** What was found in the files that were chosen so far. */
export interface Found {
  files: number;
  certificates: number;
  privateKeys: number;
  entries: ImportedCertificate[];
  refusals: Problem[];
}

interface FileFound extends FileContents {
  entries: ImportedCertificate[];
}

/** By path: a file that is chosen again takes the place of what it was. */
type Files = ReadonlyMap<string, FileFound>;

const NONE: Files = new Map();
const MOST_BYTES = 10 * 1024 * 1024;
/** So many files are read before the page says so. */
const SHOWN_EACH = 50;

/** Files are read one after the other, so that many of them do not fill the memory. */
export function useFiles() {
  const [files, setFiles] = useState(NONE);
  const [isReading, setReading] = useState(false);
  const add = async (chosen: readonly File[]) => {
    setReading(true);
    const all = new Map(files);
    for (const [index, file] of chosen.entries()) {
      const [path, contents] = [pathOf(file), await read(file)];
      all.set(path, { ...contents, entries: entriesOf(path, contents.certificates) });
      if (index % SHOWN_EACH === 0) setFiles(new Map(all));
    }
    setFiles(all);
    setReading(false);
  };
  const found = useMemo(() => foundIn(files), [files]);
  return { found, isReading, add, clear: () => setFiles(NONE) };
}

function pathOf({ webkitRelativePath, name }: File): string {
  return webkitRelativePath || name;
}

async function read(file: File): Promise<FileContents> {
  if (file.size > MOST_BYTES) return refused("It has more than 10 MiB.");
  try {
    return contentsOf(new Uint8Array(await file.arrayBuffer()));
  } catch {
    return refused("The browser cannot read it. Use “Choose a folder” for a folder.");
  }
}

function refused(reason: string): FileContents {
  return { certificates: [], privateKeys: 0, refusals: [reason] };
}

function foundIn(files: Files): Found {
  const all = [...files.values()];
  return {
    files: files.size,
    certificates: all.reduce((sum, { certificates }) => sum + certificates.length, 0),
    privateKeys: all.reduce((sum, { privateKeys }) => sum + privateKeys, 0),
    entries: all.flatMap(({ entries }) => entries),
    refusals: [...files].flatMap(([place, { refusals }]) => [...new Set(refusals)].map((reason) => ({ place, reason }))),
  };
}
