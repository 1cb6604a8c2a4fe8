import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { artifacts, isArtifactName } from "../../infra/artifacts.ts";
import { everything, type OwnPackage, sls, slsOptions, slsPackage } from "../support/infra/sls.ts";
import { resourcesOf } from "../support/infra/template.ts";
import { unzip } from "../support/infra/unzip.ts";

const secret = "glc_this-must-never-be-packaged";
let packaged: OwnPackage;
let names: readonly string[];

beforeAll(async () => {
  // Whatever lies about in an operator's shell stays there.
  packaged = await slsPackage({ env: { GRAFANA_CLOUD_API_KEY: secret, SLUICE_SENDER_TOKENS: secret } });
  names = Object.values(resourcesOf(packaged.template, "AWS::Lambda::Function")).map(({ Code }) =>
    Code.S3Key.replace(/^.*[/](.*)[.]zip$/, "$1"),
  );
});
afterAll(() => packaged?.remove());

describe("sls package", () => {
  it("needs no environment and no credentials", async () => {
    const outcome = await sls(["print", "--path", "service"]);
    expect(outcome).toMatchObject({ exitCode: 0, output: expect.stringContaining("sluice") });
    expect(names).toEqual(expect.arrayContaining(["ingest", "flush"]));
  });

  it("makes the same zips from the same sources", async () => {
    const again = await slsPackage({ stage: "prod", params: everything, env: { TZ: "Asia/Tokyo" } });
    try {
      const hashes = (from: OwnPackage) =>
        names.map((name) => createHash("sha256").update(from.zip(name)).digest("hex"));
      expect(hashes(again)).toEqual(hashes(packaged));
    } finally {
      again.remove();
    }
  });

  it("puts one module into each zip, within its budget, with what it may never need beside it, and no source map", () => {
    for (const name of names) {
      const files = unzip(packaged.zip(name));
      const others = [...files.keys()].filter((each) => !/^chunk-[A-Z0-9]+\.mjs$|^[a-z0-9]+\.cjs$/.test(each));
      expect(others).toEqual(["index.mjs", "THIRD_PARTY_NOTICES"]);
      expect(String(files.get("THIRD_PARTY_NOTICES"))).toContain("protobufjs");
      const module = files.get("index.mjs") ?? Buffer.alloc(0);
      expect(module.includes("sourceMappingURL")).toBe(false);
      expect(isArtifactName(name) && module.length <= artifacts[name].maxBytes, `${name}: ${module.length} bytes`).toBe(
        true,
      );
    }
  });

  it("brings a pipeline along in the functions that run it", async () => {
    const withPipeline = await slsPackage({ params: { ...everything, pipeline: "examples/functions.alloy" } });
    try {
      for (const name of ["ingest", "flush", "logs", "objects"]) {
        const text = String(unzip(withPipeline.zip(name)).get("pipeline.alloy"));
        expect(text).toContain("otelcol.processor.filter");
      }
      expect(unzip(withPipeline.zip("replay")).has("pipeline.alloy")).toBe(false);
      const environments = Object.values(resourcesOf(withPipeline.template, "AWS::Lambda::Function")).map(
        ({ Environment }) => Environment.Variables.SLUICE_PIPELINE_FILE,
      );
      const running = Object.values(artifacts).filter(({ kind, pipeline }) => kind === "function" && pipeline);
      expect(environments.filter((each) => each === "pipeline.alloy")).toHaveLength(running.length);
    } finally {
      withPipeline.remove();
    }
  });

  it("refuses a pipeline that the functions cannot run, in the language's words", async () => {
    const pipeline = "examples/linux-host/config.alloy";
    const { exitCode, output } = await sls(["package", ...slsOptions("dev", { ...everything, pipeline })]);
    expect(exitCode).not.toBe(0);
    expect(output).toContain("does not run in a function");
  });

  it("leaves every secret where it is", () => {
    const texts = [
      JSON.stringify(packaged.template),
      packaged.state,
      ...names.map((name) => String(packaged.zip(name))),
    ];
    for (const text of texts) expect(text).not.toContain(secret);
    expect(JSON.stringify(packaged.template)).not.toMatch(/API_KEY|TOKENS|resolve:ssm/);
  });

  it.each(["Prod!", "Prod", "a-stage-that-is-too-long"])("fails for the stage %s, before AWS would", async (stage) => {
    const outcome = await sls(["package", ...slsOptions(stage, { daemonImage: "sluice:1" })]);
    expect(outcome.exitCode).not.toBe(0);
  });

  it("checks what the deployment checks, names of parameters too", async () => {
    const params = { vpcId: "vpc-0123456789abcdef0", subnetIds: "subnet-0123456789abcdef0", allowedCidr: "10.0.0.0/8" };
    const { exitCode, output } = await sls(["package", ...slsOptions("dev", { ...params, batchSize: "0" })]);
    expect(exitCode).not.toBe(0);
    expect(output).toContain("did you mean allowedCidrs?");
    expect(output).toContain("Nobody could reach the load balancer");
    expect(output).toContain("batchSize is");
  });
});

describe("sls deploy", () => {
  it("refuses parameters that cannot work before it talks to AWS, all at once", async () => {
    const params = { dnsName: "otlp.example.com", daemonCluster: "mine" };
    const { exitCode, output } = await sls(["deploy", ...slsOptions("dev", params)], {
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL: "http://127.0.0.1:9",
    });
    expect(exitCode).not.toBe(0);
    expect(output).toContain("Nothing could receive: give --param vpcId");
    expect(output).toContain("dnsName and hostedZoneId belong together");
    expect(output).toContain("give --param daemonImage=…");
  });
});
