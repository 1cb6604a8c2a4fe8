import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { fromEnvironment, grafanaCloud, resolve, type SettingTexts } from "../../shared/config/resolve.ts";
import { settingKeys, settings } from "../../shared/config/settings.ts";

function problemsOf(texts: SettingTexts, options = {}): string[] {
  const resolved = resolve(texts, options);
  return resolved.kind === "invalid" ? resolved.problems.map(({ message }) => message) : [];
}

describe("resolve()", () => {
  test("needs nothing: every default is valid", () => {
    const resolved = resolve({});
    expect(resolved.kind === "resolved" && resolved.config).toMatchObject({ httpPort: 4318, stage: "dev" });
  });

  test("answers with a frozen Config of typed values", () => {
    const resolved = resolve({
      endpoint: " https://otlp.example.net/otlp/ ",
      instanceId: "123",
      apiKey: "glc_secret",
      httpPort: "0",
    });
    if (resolved.kind === "invalid") throw new Error(JSON.stringify(resolved.problems));
    const { config } = resolved;
    expect(config.endpoint).toBe("https://otlp.example.net/otlp");
    expect(config.httpPort).toBe(0);
    expect(config.queueUrl).toBeUndefined();
    expect(config.apiKey?.reveal()).toBe("glc_secret");
    expect(Object.isFrozen(config)).toBe(true);
    expect(inspect(config) + JSON.stringify(config)).not.toContain("glc_secret");
  });

  test("reports all problems at once, each with the setting, its value, the limit and the fix", () => {
    expect(problemsOf({ httpPort: "70000", logLevel: "loud", endpoint: "ftp://example.net", apiKey: "a\nb" })).toEqual([
      'GRAFANA_CLOUD_OTLP_ENDPOINT is "ftp://example.net": it must be a URL that starts with https://. ' +
        "Correct the environment variable, or the parameter with: sluice config put grafana-cloud/endpoint.",
      "GRAFANA_CLOUD_API_KEY has a value that cannot be used: it must hold no line breaks or other control characters. " +
        "Correct the environment variable, or the parameter with: sluice config put grafana-cloud/api-key.",
      'SLUICE_HTTP_PORT is "70000": it must be a whole number from 0 to 65535, such as 4318. Correct the environment variable.',
      'SLUICE_LOG_LEVEL is "loud": it must be one of debug, info, warn, error. ' +
        "Correct the environment variable, or the parameter with: sluice config put log-level.",
    ]);
  });

  test("names the stage in the fix where it is known", () => {
    expect(problemsOf({ stage: "prod" }, { required: ["instanceId"] }).join()).toContain(
      "sluice config put grafana-cloud/instance-id --stage prod.",
    );
  });

  test("takes empty text as absent", () => {
    expect(problemsOf({ httpPort: "", endpoint: "  " })).toEqual([]);
  });

  test("asks for what is required", () => {
    expect(problemsOf({}, { required: ["queueUrl"] })).toEqual([
      "SLUICE_QUEUE_URL is not set (URL of the SQS queue). Set the environment variable.",
    ]);
  });

  test.each([
    [{}, 0],
    [{ endpoint: "https://a.example" }, 2],
    [{ endpoint: "https://a.example", instanceId: "1", apiKey: "k" }, 0],
  ])("wants the Grafana Cloud settings all or not at all: %j lacks %d", (texts, missing) => {
    expect(problemsOf(texts, { together: grafanaCloud })).toHaveLength(missing);
  });

  test("does not repeat a password that was put into a URL", () => {
    expect(problemsOf({ endpoint: "https://7:s3cr3t@example.net" }).join()).toContain(
      'is "https://[secret]@example.net"',
    );
  });

  test("never repeats a secret's value, whatever is wrong with it", () => {
    const secrets = settingKeys.filter((key) => "secret" in settings[key]);
    for (const key of secrets) expect(problemsOf({ [key]: "s3cr3t\u0000" }).join()).not.toContain("s3cr3t");
  });
});

describe("fromEnvironment()", () => {
  test("finds the settings that are set and leaves the rest alone", () => {
    const env = { SLUICE_HTTP_PORT: "4319", SLUICE_HOST: "", PATH: "/bin", GRAFANA_CLOUD_INSTANCE_ID: "7" };
    expect(fromEnvironment(env)).toEqual({ httpPort: "4319", instanceId: "7" });
  });
});

describe("settings", () => {
  test("gives every setting names of its own", () => {
    const rows = Object.values(settings);
    const names = [...rows.map(({ env }) => env), ...rows.flatMap((row) => ("ssm" in row ? [row.ssm] : []))];
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(["", " ", ",", "a,"])("takes the sender tokens %j for a mistake, not for everybody", (text) => {
    const texts = fromEnvironment({ SLUICE_SENDER_TOKENS: text });
    expect(resolve(texts)).toMatchObject({ kind: "invalid", problems: [{ setting: "senderTokens" }] });
  });

  test("lets everybody in for the word none alone", () => {
    expect(resolve({ senderTokens: "none" })).toMatchObject({ kind: "resolved", config: { senderTokens: [] } });
  });
});
