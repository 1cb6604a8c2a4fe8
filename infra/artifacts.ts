/** One thing that is bundled: its entry point, and what its size may grow to before the check fails. */
export interface Artifact {
  readonly entry: string;
  /** More that can be started, by the name of the module: they share what they have in common with `entry`. */
  readonly beside?: Readonly<Record<string, string>>;
  /**
   * A function is zipped for Lambda; a program is a folder of modules that Node runs; a file is a program in one module. What
   * may never be needed is in modules of its own, except in a file.
   */
  readonly kind: "function" | "program" | "file";
  /** Whether it runs the pipeline of a stage. */
  readonly pipeline: boolean;
  /** Bytes of the minified bundle, of what is loaded as it starts. */
  readonly maxBytes: number;
}

const kibibyte = 1024;

/** Everything that leaves the repository as a bundle. Names are those of `serverless.yml` and of the container image. */
export const artifacts = {
  ingest: { entry: "functions/entry/ingest.ts", kind: "function", pipeline: true, maxBytes: 184 * kibibyte },
  flush: { entry: "functions/entry/flush.ts", kind: "function", pipeline: true, maxBytes: 192 * kibibyte },
  logs: { entry: "functions/entry/logs.ts", kind: "function", pipeline: true, maxBytes: 188 * kibibyte },
  firehose: { entry: "functions/entry/firehose.ts", kind: "function", pipeline: true, maxBytes: 216 * kibibyte },
  replay: { entry: "functions/entry/replay.ts", kind: "function", pipeline: false, maxBytes: 172 * kibibyte },
  objects: { entry: "functions/entry/objects.ts", kind: "function", pipeline: true, maxBytes: 200 * kibibyte },
  // What image and packages install.
  daemon: {
    entry: "daemon/main.ts",
    beside: { sluice: "cli/main.ts" },
    kind: "program",
    pipeline: false,
    maxBytes: 1024 * kibibyte,
  },
  // The command line with the daemon inside: what is downloaded and run.
  sluice: { entry: "cli/main.ts", kind: "file", pipeline: false, maxBytes: 2816 * kibibyte },
} as const satisfies Record<string, Artifact>;

export type ArtifactName = keyof typeof artifacts;

/** Whether `name` is a row of `artifacts`. */
export function isArtifactName(name: string): name is ArtifactName {
  return Object.hasOwn(artifacts, name);
}

/** Bytes of the largest module beside a function that is packaged with `examples/functions.alloy`: all of it but what reads pipelines. */
export const maxPackagedBytes = 136 * kibibyte;

/**
 * Most that a function's start may cost, as a multiple of the calls of AWS in it through the SDK: a ratio of processor
 * time within one run says the same on a slow machine as on a fast one. Measured by `bench/cold-start.ts`: 0.8.
 */
export const maxColdStartRatio = 1.1;

/** Most that a packaged pipeline may add to a start, in the same measure: 0.22 when it was measured. */
export const maxPackagedRatio = 0.4;
