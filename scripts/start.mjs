// `npm start`: installs what is missing, then hands over to run.ts.
import { handOver } from "./hand-over.mjs";

handOver("run.ts");
