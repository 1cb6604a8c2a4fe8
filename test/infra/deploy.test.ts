import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeGrafana, startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { findChecker, type Moto, startMoto } from "../support/infra/checkers.ts";
import { sls, slsOptions } from "../support/infra/sls.ts";

const motoServer = findChecker("moto_server");

// Moto knows neither alarms nor queue policies, takes a DAEMON service for a REPLICA, and carries no traffic: it shows that
// the stack's references, conditions and order hold together, and that deploying, changing and removing work.
describe.skipIf(!motoServer)("sls deploy and sls remove, against moto (skipped where moto_server is not found)", () => {
  let moto: Moto;
  let grafana: FakeGrafana;
  let params: Readonly<Record<string, string>>;

  beforeAll(async () => {
    moto = await startMoto(motoServer ?? "");
    grafana = await startFakeGrafana();
    const [vpcId = ""] = matches(await moto.ec2("DescribeVpcs"), /<vpcId>(vpc-\w+)</g);
    const subnetIds = matches(await moto.ec2("DescribeSubnets"), /<subnetId>(subnet-\w+)</g)
      .slice(0, 2)
      .join();
    params = { vpcId, subnetIds, allowedCidrs: "10.0.0.0/8", daemonImage: "sluice:1", logGroups: "/aws/lambda/a" };
  });
  afterAll(async () => {
    await moto?.stop();
    await grafana?.close();
  });

  const run = (command: string, more: Readonly<Record<string, string>> = {}) =>
    sls([command, ...slsOptions("moto", { ...params, ...more })], { ...moto.env, SLS_AWS_MONITORING_FREQUENCY: "200" });

  it("creates the stack and prints the line that applications need", async () => {
    const { exitCode, output } = await run("deploy");
    expect(output).toMatch(/OTEL_EXPORTER_OTLP_ENDPOINT=http:[/][/]sluice-moto[-.\w]+[.]elb[.]amazonaws[.]com:4318/);
    expect(output).toContain("OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf");
    expect(exitCode).toBe(0);
  });

  it("runs the zips that were built", async () => {
    const client = new LambdaClient(clientOptions(moto));
    for (const name of ["ingest", "flush", "logs", "replay"]) {
      const zip = readFileSync(new URL(`../../.serverless/${name}.zip`, import.meta.url));
      const command = new GetFunctionConfigurationCommand({ FunctionName: `sluice-moto-${name}` });
      const { CodeSha256 } = await client.send(command);
      expect(CodeSha256).toBe(createHash("sha256").update(zip).digest("base64"));
    }
  });

  it("is configured by the command line, which then finds everything in order", async () => {
    const { endpoint, instanceId, apiKey } = grafana;
    await sluice(moto, ["config", "put", "grafana-cloud/endpoint", endpoint]);
    await sluice(moto, ["config", "put", "grafana-cloud/instance-id", instanceId]);
    await sluice(moto, ["config", "put", "grafana-cloud/api-key"], apiKey);
    const doctor = await sluice(moto, ["doctor"]);
    // Moto runs no function without Docker, so nothing is delivered, and knows no functions as targets or with a place for what fails.
    const unknown = ["ingest", "delivered", "target", "logs that fail"];
    const broken = [...doctor.matchAll(/^(?:FAIL|skip) {2}([a-z ]+):/gm)].map(([, name]) => name);
    expect(broken.filter((name) => !unknown.includes(String(name)))).toEqual([]);
    expect(doctor).toContain("sluice-moto-flush is invoked");
    expect(doctor).not.toContain(apiKey);
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
    const { Stacks = [] } = await new CloudFormationClient(clientOptions(moto)).send(describeStack);
    expect(Stacks[0]?.Parameters).toContainEqual({ ParameterKey: "LogRetentionDays", ParameterValue: "7" });
  });

  it("removes everything, down to the bucket", async () => {
    const { exitCode } = await run("remove");
    expect(exitCode).toBe(0);
    const client = new CloudFormationClient(clientOptions(moto));
    await expect(client.send(describeStack)).rejects.toThrow("does not exist");
  });
});

const describeStack = new DescribeStacksCommand({ StackName: "sluice-moto" });

/** Runs the command line as an operator does; rejects when it could not be run (bad news of `doctor` is exit code 1). */
function sluice(moto: Moto, args: readonly string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const command = ["cli/sluice.js", ...args, "--stage", "moto"];
    const child = execFile(process.execPath, command, { env: { ...moto.env } }, (error, stdout) =>
      error && error.code !== 1 ? reject(error) : resolve(stdout),
    );
    child.stdin?.end(input);
  });
}

function clientOptions({ endpoint }: Moto) {
  return { endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found]) => found ?? "");
}
