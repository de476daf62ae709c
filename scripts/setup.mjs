// `npm run setup -- --partner …`: installs what is missing, then hands over to setup.ts.
import { handOver } from "./hand-over.mjs";

handOver("setup.ts");
