// Every vendor that can be read; the conformance test runs over this list.
import type { Connector } from "#server/sync/snapshot.ts";
import { snow } from "./snow/connector.ts";
import { sophos } from "./sophos/connector.ts";

export const connectors: Record<string, Connector> = { sophos, snow };
