declare const __API_VERSION__: string;

/** The version of the API that this dashboard was built with and is deployed with. */
export const API_VERSION: string = __API_VERSION__;
