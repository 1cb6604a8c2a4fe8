/** What the page asks first: where it is, and what it may offer. */
export interface About {
  readonly program: "daemon" | "pipeline" | "local stack" | "stage";
  /** Which one, where there are several. */
  readonly name?: string;
  readonly version: string;
  readonly readOnly: boolean;
  readonly needsToken: boolean;
  /** Names of the calls that there are. */
  readonly calls: readonly string[];
}
