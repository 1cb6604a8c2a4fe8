import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sluice } from "../support/cli/cli.ts";
import { type FakeSsm, ssmEnvironment, startFakeSsm } from "../support/fake-ssm.ts";

let ssm: FakeSsm;
let env: Record<string, string>;

beforeAll(async () => {
  ssm = await startFakeSsm();
  env = ssmEnvironment(ssm);
});
beforeEach(() => {
  ssm.parameters.clear();
  ssm.faults.length = 0;
});
afterAll(() => ssm.close());

describe("sluice config put", () => {
  test("keeps a secret from standard input as SecureString and says nothing about it", async () => {
    const { code, out, err } = await sluice(["config", "put", "grafana-cloud/api-key", "--stage", "prod"], {
      env,
      input: "glc_token\n",
    });
    expect({ code, out, err }).toEqual({
      code: 0,
      out: "/sluice/prod/grafana-cloud/api-key is set (version 1).\n",
      err: "",
    });
    expect(ssm.parameters.get("/sluice/prod/grafana-cloud/api-key")).toMatchObject({
      Value: "glc_token",
      Type: "SecureString",
    });
  });

  test("takes the environment variable's name too, and answers in JSON", async () => {
    const { out } = await sluice(["config", "put", "SLUICE_LOG_LEVEL", "debug", "--json"], { env });
    expect(JSON.parse(out)).toEqual({ name: "/sluice/dev/settings/log-level", version: 1 });
    expect(ssm.parameters.get("/sluice/dev/settings/log-level")).toMatchObject({ Value: "debug", Type: "String" });
  });

  test("warns about a secret on the command line, and takes it", async () => {
    const { code, err } = await sluice(["config", "put", "grafana-cloud/api-key", "glc_token"], { env });
    expect(code).toBe(0);
    expect(err).toMatch(/^Warning: a secret on the command line/);
    expect(err).not.toContain("glc_token");
  });

  test.each([
    [["log-level", "loud"], '"loud" cannot be used for log-level: it must be one of debug, info, warn, error.'],
    [["grafana-cloud/endpoint", "http://grafana.net"], "it must start with https://"],
    [["grafana-cloud/api-key"], "No value was given for grafana-cloud/api-key."],
  ])("changes nothing for %j", async (args, message) => {
    const { code, err } = await sluice(["config", "put", ...args], { env });
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(ssm.parameters.size).toBe(0);
  });

  test("says which permission is missing", async () => {
    ssm.faults.push({ status: 400, code: "AccessDeniedException" });
    const { code, err } = await sluice(["config", "put", "log-level", "debug"], { env });
    expect(code).toBe(3);
    expect(err).toBe(
      "sluice: AWS refused ssm:PutParameter on parameter/sluice/dev/settings/log-level: allow it in the policy of the role or user in use.\n",
    );
  });
});

describe("sluice config, of a sender or a destination", () => {
  test("puts its settings, secrets as secrets, and gets them", async () => {
    const put = (name: string, input: string) => sluice(["config", "put", name, "--stage", "prod"], { env, input });
    expect((await put("senders/web/tokens", "token-of-web")).code).toBe(0);
    expect((await put("senders/web/max-items-per-second", "500")).code).toBe(0);
    expect((await put("destinations/backup/endpoint", "https://otlp.example.com")).code).toBe(0);
    expect(ssm.parameters.get("/sluice/prod/senders/web/tokens")).toMatchObject({ Type: "SecureString" });
    expect(ssm.parameters.get("/sluice/prod/destinations/backup/endpoint")).toMatchObject({ Type: "String" });
    const get = (name: string) => sluice(["config", "get", name, "--stage", "prod"], { env });
    expect((await get("senders/web/tokens")).out).toBe("[secret]\n");
    expect((await get("senders/web/max-items-per-second")).out).toBe("500\n");
    expect((await get("destinations/backup/endpoint")).out).toBe("https://otlp.example.com\n");
    expect((await get("destinations/backup/token")).code).toBe(1);
  });

  test.each([
    ["senders/web/max-items-per-second", "many", "it must be a whole number"],
    ["senders/web/attributes", "team", "it must be a list of name=value"],
    ["senders/web/limit", "1", "senders/web/limit is not a setting"],
    ["senders/Web/tokens", "t", "senders/Web/tokens is not a setting"],
  ])("changes nothing for %s %s", async (name, value, says) => {
    const { code, err } = await sluice(["config", "put", name, value], { env });
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(ssm.parameters.size).toBe(0);
  });

  test("is told what is wrong with it", async () => {
    ssm.put("/sluice/dev/grafana-cloud/endpoint", "https://otlp.example.net/otlp");
    ssm.put("/sluice/dev/grafana-cloud/instance-id", "1");
    ssm.put("/sluice/dev/grafana-cloud/api-key", "glc_1", "SecureString");
    ssm.put("/sluice/dev/senders/senders", "web");
    ssm.put("/sluice/dev/settings/destinations", "backup");
    const { code, out } = await sluice(["config", "validate"], { env });
    expect(code).toBe(1);
    expect(out).toContain("The sender web has no way in");
    expect(out).toContain("SLUICE_DESTINATION_BACKUP_ENDPOINT is not set");
  });
});

describe("sluice config get", () => {
  test("prints the value alone", async () => {
    ssm.put("/sluice/dev/settings/log-level", "warn");
    expect(await sluice(["config", "get", "log-level"], { env })).toEqual({ code: 0, out: "warn\n", err: "" });
  });

  test("shows a secret only when asked to", async () => {
    ssm.put("/sluice/dev/grafana-cloud/api-key", "glc_token", "SecureString");
    const get = ["config", "get", "grafana-cloud/api-key"];
    expect((await sluice(get, { env })).out).toBe("[secret]\n");
    expect((await sluice([...get, "--reveal"], { env })).out).toBe("glc_token\n");
  });

  test("exits with 1 when it is not set, and names the command that sets it", async () => {
    const { code, out, err } = await sluice(["config", "get", "log-level"], { env });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("its default is info");
    expect(err).toContain("sluice config put log-level --stage dev");
  });
});

describe("sluice config put pipeline/config", () => {
  const line = ["config", "put", "pipeline/config", "--stage", "prod"];

  test("keeps a pipeline that the functions can run, lines and all", async () => {
    const input = `otelcol.receiver.otlp "default" {\n  http { }\n  output { }\n}\n`;
    expect(await sluice(line, { env, input })).toMatchObject({ code: 0 });
    expect(ssm.parameters.get("/sluice/prod/pipeline/config")).toMatchObject({ Value: input.trim(), Type: "String" });
  });

  test("keeps out one that they cannot run, and says where it is wrong", async () => {
    const { code, err } = await sluice(line, { env, input: 'prometheus.scrape "x" {\n}\n' });
    expect(code).toBe(3);
    expect(err).toContain("pipeline.alloy:1:1");
    expect(err).toContain("does not run in a function");
  });
});

describe("sluice config get and put", () => {
  test.each([
    ["SLUICE_HTTP_PORT", "SLUICE_HTTP_PORT is kept in the environment only."],
    ["httpPort", "SLUICE_HTTP_PORT is kept in the environment only."],
    ["log-levle", "log-levle is not a setting. Did you mean log-level?"],
  ])("say why there is no parameter %s", async (name, message) => {
    for (const line of [
      ["get", name],
      ["put", name, "1"],
    ]) {
      const { code, err } = await sluice(["config", ...line], { env });
      expect({ code, first: err.split("\n")[0] }).toEqual({ code: 2, first: `sluice: ${message}` });
    }
  });
});

describe("sluice config list", () => {
  test("tells values and where they come from, secrets hidden", async () => {
    ssm.put("/sluice/prod/settings/log-level", "warn");
    ssm.put("/sluice/prod/grafana-cloud/api-key", "glc_token", "SecureString");
    const given = { ...env, SLUICE_STAGE: "prod", GRAFANA_CLOUD_INSTANCE_ID: "7" };
    const { code, out } = await sluice(["config", "list", "--json"], { env: given });
    expect(code).toBe(0);
    expect(out).not.toContain("glc_token");
    expect(JSON.parse(out).settings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "log-level", value: "warn", source: "parameter" }),
        expect.objectContaining({ name: "grafana-cloud/api-key", value: "[secret]", source: "parameter" }),
        expect.objectContaining({ name: "grafana-cloud/instance-id", value: "7", source: "environment" }),
        expect.objectContaining({ name: "SLUICE_HTTP_PORT", value: "4318", source: "default" }),
      ]),
    );
  });

  test("works without AWS", async () => {
    const { code, out, err } = await sluice(["config", "list", "--local"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^SETTING +VALUE +FROM\n/);
  });

  test("says what to do without credentials", async () => {
    const { code, err } = await sluice(["config", "list"], {
      env: { AWS_REGION: "eu-west-1", AWS_EC2_METADATA_DISABLED: "true" },
    });
    expect(code).toBe(3);
    expect(err).toContain(
      "No AWS credentials were found: set AWS_PROFILE, sign in with `aws sso login`, or give the task, pod or instance a role.",
    );
  });
});

describe("sluice config validate", () => {
  test("is content with a complete stage", async () => {
    ssm.put("/sluice/dev/grafana-cloud/endpoint", "https://otlp.example.net/otlp");
    ssm.put("/sluice/dev/grafana-cloud/instance-id", "7");
    ssm.put("/sluice/dev/grafana-cloud/api-key", "glc_token", "SecureString");
    expect(await sluice(["config", "validate"], { env })).toEqual({
      code: 0,
      out: "All settings are valid.\n",
      err: "",
    });
  });

  test("reports everything at once, unknown names too", async () => {
    ssm.put("/sluice/dev/grafana-cloud/endpoint", "otlp.example.net");
    ssm.put("/sluice/dev/grafana-clod/api-key", "glc_token", "SecureString");
    const { code, out, err } = await sluice(["config", "validate", "--json"], {
      env: { ...env, SLUICE_HTTP_PROT: "1" },
    });
    expect(code).toBe(1);
    const { problems, warnings } = JSON.parse(out);
    expect(problems.map(({ env }: { env: string }) => env)).toEqual([
      "GRAFANA_CLOUD_OTLP_ENDPOINT",
      "GRAFANA_CLOUD_INSTANCE_ID",
      "GRAFANA_CLOUD_API_KEY",
    ]);
    expect(warnings).toEqual([
      "the parameter /sluice/dev/grafana-clod/api-key is not a setting. Did you mean grafana-cloud/api-key?",
      "the environment variable SLUICE_HTTP_PROT is not a setting. Did you mean SLUICE_HTTP_PORT?",
    ]);
    expect(out + err).not.toContain("glc_token");
  });
});
