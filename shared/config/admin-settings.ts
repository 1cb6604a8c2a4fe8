import type { Setting } from "./setting.ts";

/** The settings of the admin port. */
export const adminSettings = {
  adminHost: {
    type: "string",
    env: "SLUICE_ADMIN_HOST",
    default: "127.0.0.1",
    help: "Address of the admin port (health, metrics, reload)",
  },
  adminPort: {
    type: "integer",
    env: "SLUICE_ADMIN_PORT",
    default: "12345",
    min: 0,
    max: 65_535,
    help: "Port of /-/ready, /-/healthy, /-/reload and /metrics; 0 picks a free one",
  },
  adminTokens: {
    type: "list",
    secret: true,
    restricts: true,
    env: "SLUICE_ADMIN_TOKENS",
    help: "Bearer tokens for dead letters and changes on the admin port; unset: only where that port is on loopback, without a token",
  },
  adminReadOnly: {
    type: "boolean",
    env: "SLUICE_ADMIN_READ_ONLY",
    default: "false",
    help: "Whether the pages of the admin port and the dead letters there can only be looked at",
  },
} as const satisfies Record<string, Setting>;
