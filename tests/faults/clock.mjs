// Loaded before our processes by the fault tests alone (node --import): their clock is off by what a file says. So the
// product needs no switch for it. Timers and PostgreSQL keep the right time.
import { readFileSync } from "node:fs";

const file = process.env.FAULTS_CLOCK;
let skewMs = 0;
const read = () => {
  try {
    skewMs = Number(readFileSync(file, "utf8")) || 0;
  } catch {
    skewMs = 0;
  }
};
if (file) {
  read();
  setInterval(read, 250).unref();
  const rightNow = Date.now;
  // Changed in place and wrapped, not replaced by a class: Next.js makes a Date of its own from what it finds here.
  Date.now = () => rightNow() + skewMs;
  globalThis.Date = new Proxy(Date, {
    construct: (target, values, made) =>
      Reflect.construct(target, values.length === 0 ? [target.now()] : values, made),
  });
}
