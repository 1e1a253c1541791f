/** The key of the query for who is signed in, after as many sessions as ended in this page. */
export function sessionQuery(ended: number) {
  return ["session", ended] as const;
}
