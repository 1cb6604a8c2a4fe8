import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { inject } from "vitest";
import type { Template } from "./template.ts";

const root = resolve(import.meta.dirname, "../../..");

export interface SlsOutcome {
  readonly exitCode: number;
  readonly output: string;
  readonly seconds: number;
}

/** Parameters of a deployment as an operator would give them, with everything switched on. */
export const everything = {
  vpcId: "vpc-0123456789abcdef0",
  subnetIds: "subnet-0123456789abcdef0,subnet-0123456789abcdef1",
  allowedCidrs: "10.0.0.0/8,fd00::/8",
  allowedSecurityGroups: "sg-0123456789abcdef0",
  certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555",
  accessLogsBucket: "access-logs",
  dnsName: "otlp.internal.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  publicApi: "tokens",
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
  ingestReservedConcurrency: "200",
  flushReservedConcurrency: "20",
  replayReservedConcurrency: "1",
  metricStream: "true",
  metricStreamNamespaces: "AWS/EC2,AWS/SQS",
  firehoseReservedConcurrency: "20",
  daemonImage: "123456789012.dkr.ecr.us-east-1.amazonaws.com/sluice:1",
  daemonRepositoryArn: "arn:aws:ecr:us-east-1:123456789012:repository/sluice",
  logGroups: "/aws/lambda/shop,/ecs/web",
  logFilterPattern: '{ $.level = "ERROR" }',
  alarmTopicArn: "arn:aws:sns:us-east-1:123456789012:alarms",
} as const;

/** Runs `sls` as `npx sls` does, in an environment of nothing but a PATH and what is given. Never rejects. */
export function sls(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<SlsOutcome> {
  const bin = join(root, "node_modules", ".bin");
  const environment = { PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`, HOME: tmpdir(), ...env };
  const began = performance.now();
  return new Promise((done) => {
    execFile(join(bin, "sls"), args, { cwd: root, env: environment, timeout: 100_000 }, (error, stdout, stderr) => {
      const exitCode = typeof error?.code === "number" ? error.code : error ? 1 : 0;
      done({ exitCode, output: stdout + stderr, seconds: (performance.now() - began) / 1000 });
    });
  });
}

/** `--stage` and `--param` as the command line takes them. */
export function slsOptions(stage: string, params: Readonly<Record<string, string>>): string[] {
  return ["--stage", stage, ...Object.entries(params).flatMap(([name, value]) => ["--param", `${name}=${value}`])];
}

/** What `sls package` has made. */
export interface Packaged {
  readonly template: Template;
  readonly templateFile: string;
  /** The framework's state file, which it keeps in the deployment bucket. */
  readonly state: string;
  zip(name: string): Buffer;
}

/** A package that whoever made it removes. */
export interface OwnPackage extends Packaged {
  remove(): void;
}

interface PackageOptions {
  readonly stage?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** `sls package` into a folder of its own. Rejects with what it printed when it fails. */
export async function slsPackage(options: PackageOptions = {}): Promise<OwnPackage> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-package-"));
  return { ...(await packageInto(folder, options)), remove: () => rmSync(folder, { recursive: true }) };
}

/** The stage prod with `everything`, packaged once for all files of a run. */
export async function packagedProd(): Promise<Packaged> {
  const folder = join(inject("packages"), "prod");
  return existsSync(join(folder, "serverless-state.json"))
    ? readPackage(folder)
    : await packageInto(folder, { stage: "prod", params: everything });
}

async function packageInto(folder: string, options: PackageOptions): Promise<Packaged> {
  const { stage = "dev", params = { daemonImage: "sluice:1" }, env = {} } = options;
  const outcome = await sls(["package", "--package", folder, ...slsOptions(stage, params)], env);
  if (outcome.exitCode !== 0) throw new Error(`sls package failed:\n${outcome.output}`);
  return readPackage(folder);
}

function readPackage(folder: string): Packaged {
  const templateFile = join(folder, "cloudformation-template-update-stack.json");
  return {
    template: JSON.parse(readFileSync(templateFile, "utf8")),
    templateFile,
    state: readFileSync(join(folder, "serverless-state.json"), "utf8"),
    zip: (name) => readFileSync(join(folder, `${name}.zip`)),
  };
}
