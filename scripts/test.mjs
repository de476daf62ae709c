// `npm test`: installs what is missing, then hands over to test.ts.
import { handOver } from "./hand-over.mjs";

handOver("test.ts");
