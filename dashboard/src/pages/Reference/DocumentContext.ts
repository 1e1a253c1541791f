import { createContext } from "react";

import type { ApiDocument } from "../../api/reference";

export const DocumentContext = createContext<ApiDocument>({ info: { title: "", version: "" }, paths: {}, components: { schemas: {} } });
