/** As the API takes it: visible ASCII characters without spaces, the first a letter, a digit or #. */
const TICKET = /^[#A-Za-z0-9][!-~]{0,127}$/;

/** Whether a ticket may be sent; none may. */
export function isTicket(text: string): boolean {
  return text === "" || TICKET.test(text);
}

/** The part of a body that has it: nothing without one. */
export function withTicket(text: string): { ticket?: string } {
  return text === "" ? {} : { ticket: text };
}
