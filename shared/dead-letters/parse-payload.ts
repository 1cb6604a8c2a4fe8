import { asObject } from "../json-document.ts";
import { type Order, parseOrder } from "./parse-order.ts";

/** What the function can be asked for; an export needs a disk. */
const actions = ["list", "show", "replay", "discard"] as const;

export type ParsedPayload =
  | { readonly kind: "parsed"; readonly action: (typeof actions)[number]; readonly order: Order }
  | { readonly kind: "wrong"; readonly message: string };

/** Reads the payload of the function: `{"action": "replay", "signal": "logs", "dryRun": true}`. */
export function parsePayload(payload: unknown, now: number): ParsedPayload {
  const { action: asked, ...given } = asObject(payload) ?? {};
  const action = actions.find((name) => name === asked);
  if (!action) {
    const message = `The payload needs "action": ${actions.join(", ")}; it is ${JSON.stringify(asked)}.`;
    return { kind: "wrong", message };
  }
  const parsed = parseOrder(given, { action, now, nameOf: (key) => JSON.stringify(key) });
  return parsed.kind === "wrong" ? parsed : { ...parsed, action };
}
