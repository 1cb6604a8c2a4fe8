import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peers } from "../../../bench/peers/find-peers.ts";

/** Whether etcd and kube-apiserver were built here (`bench/peers/install.sh kubernetes`). */
export const canRunKubernetes = peers.etcd !== undefined && peers.kubeApiserver !== undefined;

/** A real API server without nodes: pods are objects in it. */
export interface ApiServer {
  readonly url: string;
  /** File of the certificate that it shows. */
  readonly caFile: string;
  /** A user who may do everything. */
  readonly adminToken: string;
  /** A user who may do nothing. */
  readonly guestToken: string;
  /** Sends an object as admin, and gives the answer; throws when the server refuses. */
  send(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: object): Promise<string>;
  stop(): Promise<void>;
}

/** Starts etcd and kube-apiserver on loopback; they are ready when this resolves. */
export async function startApiServer(): Promise<ApiServer> {
  const directory = mkdtempSync(join(tmpdir(), "sluice-kubernetes-"));
  const [clientPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const etcdUrl = `http://127.0.0.1:${clientPort}`;
  const etcd = spawn(
    peers.etcd ?? "",
    [
      `--data-dir=${directory}/etcd`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
      "--log-level=error",
    ],
    { stdio: "ignore" },
  );
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  writeFileSync(join(directory, "account.key"), privateKey);
  writeFileSync(join(directory, "tokens"), 'root-token,admin,1,"system:masters"\nguest-token,guest,2\n');
  const server = spawn(
    peers.kubeApiserver ?? "",
    [
      `--etcd-servers=${etcdUrl}`,
      `--secure-port=${port}`,
      "--bind-address=127.0.0.1",
      `--cert-dir=${directory}/certs`,
      `--token-auth-file=${directory}/tokens`,
      "--authorization-mode=RBAC",
      "--service-account-issuer=https://sluice.test",
      `--service-account-key-file=${directory}/account.key`,
      `--service-account-signing-key-file=${directory}/account.key`,
      "--service-cluster-ip-range=10.96.0.0/24",
      "--disable-admission-plugins=ServiceAccount",
    ],
    { stdio: "ignore" },
  );
  const url = `https://127.0.0.1:${port}`;
  await ready(url, server);

  return {
    url,
    caFile: join(directory, "certs", "apiserver.crt"),
    adminToken: "root-token",
    guestToken: "guest-token",
    async send(method, path, body) {
      const { status, text } = await ask(url + path, method, body);
      if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
      return text;
    },
    async stop() {
      for (const child of [server, etcd]) {
        if (child.exitCode === null) {
          child.kill("SIGKILL");
          await once(child, "exit");
        }
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A kubeconfig of the user who may do everything. */
export function kubeconfigOf(api: ApiServer): string {
  return JSON.stringify({
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
    clusters: [{ name: "test", cluster: { server: api.url, "certificate-authority": api.caFile } }],
    users: [{ name: "admin", user: { token: api.adminToken } }],
  });
}

async function ready(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (server.exitCode !== null) throw new Error(`kube-apiserver ended with ${server.exitCode}`);
    const answer = await ask(`${url}/readyz`, "GET").catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("kube-apiserver did not become ready");
}

function ask(url: string, method: string, body?: object): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const headers = { authorization: "Bearer root-token", "content-type": type };
    const outgoing = request(url, { method, headers, rejectUnauthorized: false }, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, text });
    });
    outgoing.on("error", reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}
