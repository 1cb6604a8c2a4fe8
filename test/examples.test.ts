import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { commandLine } from "./support/daemon/command-line.ts";

const root = join(import.meta.dirname, "..");
const names = readdirSync(join(root, "examples"), { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? entry.name : [],
);

/** What the owners set beside their configuration. */
const env = {
  SERVER_NAME: "accounts-server",
  ENVIRONMENT: "production",
  APP_NAME: "accounts",
  APP_METRICS_USERNAME: "metrics-user",
  APP_METRICS_PASSWORD: "secret-1",
  PROMETHEUS_URL: "http://127.0.0.1:9/api/v1/write",
  PROMETHEUS_USERNAME: "agent-user",
  PROMETHEUS_PASSWORD: "secret-2",
  LOKI_URL: "http://127.0.0.1:9/loki/api/v1/push",
  LOKI_USERNAME: "agent-user",
  LOKI_PASSWORD: "secret-3",
  GRAFANA_CLOUD_OTLP_ENDPOINT: "http://127.0.0.1:9/otlp",
  GRAFANA_CLOUD_INSTANCE_ID: "123456",
  GRAFANA_CLOUD_API_KEY: "secret-4",
  OAUTH2_CLIENT_ID: "client",
  OAUTH2_CLIENT_SECRET: "secret-5",
};

beforeAll(() => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
});
afterAll(() => {
  vi.unstubAllEnvs();
});

describe("examples/", () => {
  it.each(names)("%s says what replaces each of its owner's steps", (name) => {
    expect(readFileSync(join(root, "examples", name, "README.md"), "utf8")).toMatch(/^\| .* \| .* \|$/m);
  });

  it.each(names)("%s is formatted as `fmt` formats", async (name) => {
    expect(await commandLine(["fmt", "-t", join(root, "examples", name, "config.alloy")])).toMatchObject({ exit: 0 });
  });

  it.each(names)("%s is valid, up to what only its cluster can tell", async (name) => {
    const { exit, out, err } = await commandLine(["validate", join(root, "examples", name, "config.alloy")]);
    const text = out + err;
    expect(text).not.toMatch(/secret-\d/);
    // Its owner's `env` is deprecated: a warning, for which `validate` exits with 1 as Alloy's does.
    if (name === "ecs-daemon-otlp") expect({ exit, errors: text.match(/Error: \S+config\.alloy/g) }).toEqual(warned);
    else if (!name.startsWith("kubernetes")) expect({ exit, text }).toMatchObject({ exit: 0 });
    // Outside a cluster, discovery is the one thing that cannot be built.
    else expect(text.match(/Error: \S+config\.alloy:\S+ .*$/gm)).toEqual(everyOne(/KUBERNETES_SERVICE_HOST/, text));
  });
});

const warned = { exit: 1, errors: null };

function everyOne(pattern: RegExp, text: string): unknown[] {
  const errors = text.match(/Error: \S+config\.alloy:\S+ .*$/gm) ?? ["no error"];
  return errors.map(() => expect.stringMatching(pattern));
}
