/** How a setting is written as text: every source (environment, SSM) holds strings. */
export type SettingType =
  | "string"
  /** May hold line breaks. */
  | "text"
  | "url"
  | "integer"
  /** Bytes: `1048576`, `512KiB`, `64MiB`. */
  | "bytes"
  /** Milliseconds once resolved: `500ms`, `10s`, `5m`. */
  | "duration"
  | "boolean"
  | "choice"
  /** Comma-separated. */
  | "list";

/** One setting: a row of `docs/configuration.md`. */
export interface Setting {
  readonly type: SettingType;
  readonly env: string;
  /** Name below `/sluice/<stage>/`, by who may read it (`parameterPaths`); absent for what only makes sense on one machine. */
  readonly ssm?: string;
  readonly default?: string;
  readonly secret?: true;
  /** Of secrets: a token, or several, which hold neither blanks nor quotes. */
  readonly token?: true;
  readonly choices?: readonly string[];
  /** Of numbers, in bytes or milliseconds where the type is one of those; `min` is 0 where it is absent. */
  readonly min?: number;
  readonly max?: number;
  /** A URL that OTLP paths are appended to and credentials are sent to: https unless on loopback, no /v1/… at its end. */
  readonly base?: true;
  /** A restriction: once it is set, its absence is a mistake; only the word `none` takes it away. */
  readonly restricts?: true;
  /** Of lists: what every entry must be; a sentence's end where it is not. */
  readonly entry?: (entry: string) => string | undefined;
  /** Of strings: `must` completes "NAME must …". */
  readonly pattern?: { readonly matches: RegExp; readonly must: string };
  readonly help: string;
}
