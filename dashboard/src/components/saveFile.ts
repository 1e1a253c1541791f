/** Hands `parts` to the browser as a download of that name. */
export function saveFile(name: string, parts: readonly (string | Uint8Array<ArrayBuffer>)[], type: string): void {
  const url = URL.createObjectURL(new Blob([...parts], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then; at once some browsers would save nothing.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
