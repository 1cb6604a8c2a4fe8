import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/**
 * Where Python's `cfn-lint` or `moto_server` is: in `SLUICE_CHECKERS`, on the PATH, or in `~/.cache/sluice-checkers` (a
 * virtual environment, see docs/deploy.md); undefined where it is not. The tests that need it are skipped then.
 */
export function findChecker(name: "cfn-lint" | "moto_server"): string | undefined {
  const { SLUICE_CHECKERS, PATH = "" } = process.env;
  const folders = [...(SLUICE_CHECKERS ? [join(SLUICE_CHECKERS, "bin")] : []), ...PATH.split(delimiter)];
  const cached = join(homedir(), ".cache", "sluice-checkers", "bin");
  return [...folders, cached].map((folder) => join(folder, name)).find((path) => existsSync(path));
}

export interface Moto {
  readonly endpoint: string;
  /** The environment in which AWS's SDKs and `sls` talk to it. */
  readonly env: Readonly<Record<string, string>>;
  /** A call of EC2's query API; the answer is XML. */
  ec2(action: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts moto, the AWS emulator, on a free loopback port. */
export async function startMoto(path: string): Promise<Moto> {
  // Beside this file: what moto does otherwise than AWS (moto/sitecustomize.py).
  const env = { ...process.env, PYTHONPATH: join(import.meta.dirname, "moto") };
  const child = spawn(path, ["-H", "127.0.0.1", "-p", "0"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const endpoint = await address(child);
  const scope = "Credential=test/20260101/us-east-1/ec2/aws4_request";
  const authorization = `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none`;
  return {
    endpoint,
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
    async ec2(action) {
      const body = new URLSearchParams({ Action: action, Version: "2016-11-15" });
      return (await fetch(endpoint, { method: "POST", headers: { authorization }, body })).text();
    },
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill();
      }),
  };
}

function address(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const look = (chunk: Buffer) => {
      output += chunk;
      const [found] = output.match(/http:\/\/127\.0\.0\.1:\d+/) ?? [];
      if (found) resolve(found);
    };
    child.stdout?.on("data", look);
    child.stderr?.on("data", look);
    child.once("exit", () => reject(new Error(`moto ended: ${output}`)));
  });
}
