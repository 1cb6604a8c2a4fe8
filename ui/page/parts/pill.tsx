import type { ComponentChildren } from "preact";

export type Tone = "good" | "warn" | "bad" | "quiet";

/** A state in a word, with a dot in its colour: never the colour alone. */
export function Pill({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return <span class={`pill ${tone}`}>{children}</span>;
}
