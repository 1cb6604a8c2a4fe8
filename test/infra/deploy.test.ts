import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChecker, type Moto, startMoto } from "../support/checkers.ts";
import { sls, slsOptions } from "../support/sls.ts";

const motoServer = findChecker("moto_server");

// Moto knows neither alarms nor queue policies, takes a DAEMON service for a REPLICA, and carries no traffic: it shows that
// the stack's references, conditions and order hold together, and that deploying, changing and removing work.
describe.skipIf(!motoServer)("sls deploy and sls remove, against moto (skipped where moto_server is not found)", () => {
  let moto: Moto;
  let params: Readonly<Record<string, string>>;

  beforeAll(async () => {
    moto = await startMoto(motoServer ?? "");
    const [vpcId = ""] = matches(await moto.ec2("DescribeVpcs"), /<vpcId>(vpc-\w+)</g);
    const subnetIds = matches(await moto.ec2("DescribeSubnets"), /<subnetId>(subnet-\w+)</g)
      .slice(0, 2)
      .join();
    params = { vpcId, subnetIds, allowedCidrs: "10.0.0.0/8", daemonImage: "sluice:1" };
  });
  afterAll(() => moto?.stop());

  const run = (command: string, more: Readonly<Record<string, string>> = {}) =>
    sls([command, ...slsOptions("moto", { ...params, ...more })], moto.env);

  it("creates the stack and prints the line that applications need", async () => {
    const { exitCode, output } = await run("deploy");
    expect(output).toMatch(/OTEL_EXPORTER_OTLP_ENDPOINT=http:[/][/]sluice-moto[-.\w]+[.]elb[.]amazonaws[.]com:4318/);
    expect(output).toContain("OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf");
    expect(exitCode).toBe(0);
  });

  it("runs the zips that were built", async () => {
    const client = new LambdaClient(clientOptions(moto));
    for (const name of ["ingest", "flush"]) {
      const zip = readFileSync(new URL(`../../.serverless/${name}.zip`, import.meta.url));
      const command = new GetFunctionConfigurationCommand({ FunctionName: `sluice-moto-${name}` });
      const { CodeSha256 } = await client.send(command);
      expect(CodeSha256).toBe(createHash("sha256").update(zip).digest("base64"));
    }
  });

  it("is followed by the settings, put and validated by the command line", () => {
    const sluice = (args: readonly string[], input = "") =>
      execFileSync(process.execPath, ["cli/sluice.js", ...args, "--stage", "moto"], {
        env: moto.env,
        input,
        encoding: "utf8",
      });
    sluice(["config", "put", "grafana-cloud/endpoint", "https://otlp-gateway-prod-eu-west-2.grafana.net/otlp"]);
    sluice(["config", "put", "grafana-cloud/instance-id", "123456"]);
    sluice(["config", "put", "grafana-cloud/api-key"], "glc_test\n");
    const listed = sluice(["config", "list"]);
    expect(listed).toContain("otlp-gateway-prod-eu-west-2");
    expect(listed).not.toContain("glc_test");
    sluice(["config", "validate"]);
  });

  it("finds nothing to do when nothing changed", async () => {
    const { exitCode, output } = await run("deploy");
    expect(output).toContain("No changes to deploy");
    expect(exitCode).toBe(0);
  });

  it("carries a change of a parameter out", async () => {
    const { exitCode, output } = await run("deploy", { logRetentionDays: "7" });
    expect(output).toContain("Service deployed");
    expect(exitCode).toBe(0);
  });

  it("removes everything, down to the bucket", async () => {
    const { exitCode } = await run("remove");
    expect(exitCode).toBe(0);
    const client = new CloudFormationClient(clientOptions(moto));
    const describeStack = new DescribeStacksCommand({ StackName: "sluice-moto" });
    await expect(client.send(describeStack)).rejects.toThrow("does not exist");
  });
});

function clientOptions({ endpoint }: Moto) {
  return { endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found]) => found ?? "");
}
