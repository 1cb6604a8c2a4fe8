import type { ArtifactName } from "../artifacts.ts";

/** What every step of a release is made of: the same release gives the same bytes. */
export interface Release {
  /** The repository. */
  readonly root: string;
  readonly version: string;
  /** Seconds since the Unix epoch that every archive says its files are from: SOURCE_DATE_EPOCH. */
  readonly epoch: number;
  /** The Node that goes into packages that bring their own, and the text of its licence. */
  readonly node: { program(): Uint8Array; readonly architecture: "amd64" | "arm64"; readonly licence: string };
  /** What V8 compiles of the program `daemon`, for that Node; none where it cannot be run here, or is not wanted. */
  codeCache(): Promise<readonly ReleaseFile[]>;
  /** Bundles an artifact, once. */
  bundle(name: ArtifactName): Promise<ReleasedBundle>;
  /** An empty folder that is gone after the release. */
  scratch(name: string): string;
}

/** One bundled artifact: the module that starts, all of its modules, and the licences of what is inside. */
export interface ReleasedBundle {
  readonly module: Uint8Array;
  /** What Node is given first, and what belongs beside it. */
  readonly files: readonly ReleaseFile[];
  readonly notices: string;
  /** For functions: the archive for Lambda. */
  readonly zip?: Uint8Array;
}

/** One file that leaves the repository; `path` is below the release's folder. */
export interface ReleaseFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Permissions; 0644 unless told otherwise. */
  readonly mode?: number;
}

/** One row of a release. */
export interface ReleaseStep {
  readonly name: string;
  build(release: Release): Promise<readonly ReleaseFile[]>;
}
