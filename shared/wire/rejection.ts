/** Why bytes were refused: never thrown, always returned. `offset` counts bytes from the start of what was scanned. */
export interface Rejection {
  readonly kind: "rejected";
  /** What is wrong, for the sender: names the value and the limit, never echoes client data unbounded. */
  readonly message: string;
  /** Where, as a field path such as `resource_spans[0].scope_spans[0].spans[3].trace_id`; empty at the top. */
  readonly path: string;
  readonly offset: number;
  /** Set where nothing is wrong but the size: smaller requests would be taken. */
  readonly isTooLarge?: true;
}
