import { identify, type SenderTokens } from "../../http/auth.ts";
import { type Cors, refusedOrigin } from "../../http/cors.ts";
import type { HttpRequest } from "../../http/message.ts";
import type { Encoding } from "../../otlp/encoding.ts";
import { encodingOf } from "../../otlp/media-type.ts";
import { type Signal, signals } from "../../otlp/signals.ts";
import type { Sender } from "../../sender.ts";
import { signalNames } from "../../signal.ts";
import { type Refusal, unauthorized, unknownOrigin, unknownPath, unsupportedType, wrongMethod } from "./refusals.ts";

/** A request without its body. */
export type Head = Omit<HttpRequest, "body">;

/** Who may send from where. */
export interface RouteOptions {
  /** Absent: no cross-origin requests. */
  readonly cors?: Cors;
  /** Absent, or without tokens: no authentication. */
  readonly auth?: SenderTokens;
}

/** What a request is, by its head. */
export interface Routed {
  readonly kind: "routed";
  readonly signal: Signal;
  readonly encoding: Encoding;
  /** Who sends, where the settings name it. */
  readonly sender?: Sender;
}

/** Why a request is not taken. */
export type Refused = Refusal & { readonly kind: "refused" };

/** GET and HEAD of this path say that the process answers, without authentication. */
export const healthPath = "/health";
/** Judges a request by its head: which signal in which encoding, or why not. */
export function routeRequest(head: Head, { cors, auth }: RouteOptions): Routed | Refused {
  const { method, path, headers } = head;
  const origin = cors && refusedOrigin(head, cors);
  if (origin !== undefined) return refusal(unknownOrigin(origin));
  const signal = routeOf(path);
  if (signal === undefined && path !== healthPath) return refusal(unknownPath(path));
  if (signal === undefined) return refusal(wrongMethod(method, path, "GET, HEAD"));
  if (method !== "POST") return refusal(wrongMethod(method, path, "POST"));
  const identity = auth && identify({ authorization: headers.authorization, principal: head.principal }, auth());
  if (auth && !identity) return refusal(unauthorized());
  const encoding = encodingOf(headers["content-type"]);
  const from = identity?.sender && { sender: identity.sender };
  return encoding ? { kind: "routed", signal, encoding, ...from } : refusal(unsupportedType(headers["content-type"]));
}

/** The signal whose path it is. */
export function routeOf(path: string): Signal | undefined {
  const name = signalNames.find((candidate) => signals[candidate].path === path);
  return name && signals[name];
}

/** A refusal as an outcome. */
export function refusal(why: Refusal): Refused {
  return { kind: "refused", ...why };
}
