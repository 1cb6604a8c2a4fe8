import type { Families } from "../families.ts";
import type { Collector } from "./collector.ts";
import { ReadError } from "./host.ts";

const notSupported = new Set(["EOPNOTSUPP", "ENOTSUP"]);

/** node_pressure_*: how long processes waited for CPU, I/O, memory and interrupts (/proc/pressure). */
export const pressure: Collector = {
  name: "pressure",
  enabled: true,
  create: () => (host, out) => {
    let found = false;
    for (const resource of ["cpu", "io", "memory", "irq"]) {
      let text: string | undefined;
      try {
        text = host.proc.read(`pressure/${resource}`);
      } catch (error) {
        if (error instanceof ReadError && notSupported.has(error.code)) return "no data";
        throw error;
      }
      if (text === undefined) continue;
      const some = seconds(text, "some");
      const full = seconds(text, "full");
      if ((some === undefined && resource !== "irq") || (full === undefined && resource !== "cpu")) return "no data";
      write(out, resource, { some, full });
      found = true;
    }
    return found ? "collected" : "no data";
  },
};

function write(out: Families, resource: string, { some, full }: Record<"some" | "full", number | undefined>): void {
  if (some !== undefined && resource !== "irq") {
    out
      .counter(`node_pressure_${resource}_waiting_seconds_total`, `Seconds that some waited for ${resource}.`)
      .add(some);
  }
  if (full !== undefined && resource !== "cpu") {
    out
      .counter(`node_pressure_${resource}_stalled_seconds_total`, `Seconds that all waited for ${resource}.`)
      .add(full);
  }
}

function seconds(text: string, kind: string): number | undefined {
  const total = new RegExp(`^${kind} .*\\btotal=(\\d+)`, "m").exec(text)?.[1];
  return total === undefined ? undefined : Number(total) / 1e6;
}
