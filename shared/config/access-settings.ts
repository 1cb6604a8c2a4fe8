import { problemOfOrigin } from "../http/cors-origin.ts";
import { problemOfSender } from "./sender-settings.ts";
import type { Setting } from "./setting.ts";

/** The settings that say who may send, and how much. */
export const accessSettings = {
  corsOrigins: {
    type: "list",
    env: "SLUICE_CORS_ORIGINS",
    ssm: "senders/cors-origins",
    entry: problemOfOrigin,
    help: "Origins of browser SDKs, such as https://app.example.com or https://*.example.com; * is any; unset: none",
  },
  senderTokens: {
    type: "list",
    secret: true,
    token: true,
    restricts: true,
    env: "SLUICE_SENDER_TOKENS",
    ssm: "senders/sender-tokens",
    help: "Bearer tokens that senders may use, several at once for rotation; unset or the word none: no authentication",
  },
  senders: {
    type: "list",
    restricts: true,
    env: "SLUICE_SENDERS",
    ssm: "senders/senders",
    entry: problemOfSender,
    help: "Senders with a name; SLUICE_SENDER_<NAME>_… and senders/<name>/… give each its tokens, limits and attributes; see senders.md",
  },
  limitsDividedBy: {
    type: "integer",
    env: "SLUICE_LIMITS_DIVIDED_BY",
    ssm: "settings/limits-divided-by",
    default: "1",
    min: 1,
    max: 10_000,
    help: "Among how many functions or daemons a sender's limits are divided: each keeps to its part; see senders.md",
  },
} as const satisfies Record<string, Setting>;
