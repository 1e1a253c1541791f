/** How a list in the form stands in the body, where that is not a list of the same texts. */
export interface Codec {
  read: (json: unknown) => string[];
  write: (texts: string[]) => unknown;
}
