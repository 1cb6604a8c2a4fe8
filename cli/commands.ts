import type { Command } from "./command.ts";

/** A command by its name; what it needs is imported when it is called, because that is most of what a call costs. */
export interface CommandRow {
  readonly name: string;
  load(): Promise<Command>;
}

/** Every command, in the order of `sluice --help`: one file each. */
export const commands: readonly CommandRow[] = [
  { name: "config list", load: async () => (await import("./config/list.ts")).configList },
  { name: "config get", load: async () => (await import("./config/get.ts")).configGet },
  { name: "config put", load: async () => (await import("./config/put.ts")).configPut },
  { name: "config validate", load: async () => (await import("./config/validate.ts")).configValidate },
  { name: "doctor", load: async () => (await import("./doctor/doctor.ts")).doctor },
  { name: "status", load: async () => (await import("./status/status.ts")).status },
  { name: "dead-letters list", load: async () => (await import("./dead-letters/list.ts")).deadLettersList },
  { name: "dead-letters show", load: async () => (await import("./dead-letters/show.ts")).deadLettersShow },
  { name: "dead-letters export", load: async () => (await import("./dead-letters/export.ts")).deadLettersExport },
  { name: "dead-letters replay", load: async () => (await import("./dead-letters/replay.ts")).deadLettersReplay },
  { name: "dead-letters discard", load: async () => (await import("./dead-letters/discard.ts")).deadLettersDiscard },
  { name: "run", load: async () => (await import("./pipeline/run.ts")).run },
  { name: "fmt", load: async () => (await import("./pipeline/fmt.ts")).fmt },
  { name: "validate", load: async () => (await import("./pipeline/validate.ts")).validate },
  { name: "ui", load: async () => (await import("./ui/ui.ts")).ui },
  { name: "tap", load: async () => (await import("./tap.ts")).tap },
  { name: "daemon", load: async () => (await import("./daemon.ts")).daemon },
  { name: "version", load: async () => (await import("./version.ts")).version },
];

/** All of them, for whoever describes them. */
export function loadCommands(rows: readonly CommandRow[] = commands): Promise<readonly Command[]> {
  return Promise.all(rows.map(({ load }) => load()));
}
