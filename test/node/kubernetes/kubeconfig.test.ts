import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inClusterAccess } from "../../../shared/node/kubernetes/cluster-access.ts";
import { kubeconfigAccess } from "../../../shared/node/kubernetes/kubeconfig.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-kubeconfig-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function kubeconfig(user: string, cluster = ""): string {
  const path = join(directory, "config");
  writeFileSync(
    path,
    `
current-context: dev
contexts:
  - name: dev
    context: { cluster: c, user: u, namespace: shop }
clusters:
  - name: c
    cluster: { server: "https://api.example:6443"${cluster} }
users:
  - name: u
    user: { ${user} }
`,
  );
  return path;
}

describe("kubeconfigAccess()", () => {
  it.each([
    ["a token", "token: abc", "Bearer abc"],
    ["a token in a file beside it", "tokenFile: token", "Bearer from-file"],
    ["Basic credentials", "username: a, password: b", "Basic YTpi"],
    ["nothing", "", undefined],
  ])("reads %s", async (_, user, authorization) => {
    writeFileSync(join(directory, "token"), "from-file\n");
    const { client, namespace } = kubeconfigAccess(kubeconfig(user));
    expect(client.url).toBe("https://api.example:6443");
    expect(namespace).toBe("shop");
    expect((await client.headers?.())?.authorization).toBe(authorization);
  });

  it("reads certificates in it and beside it", () => {
    writeFileSync(join(directory, "key.pem"), "KEY");
    const path = kubeconfig(
      `client-certificate-data: ${Buffer.from("CERT").toString("base64")}, client-key: key.pem`,
      `, certificate-authority-data: ${Buffer.from("CA").toString("base64")}, tls-server-name: other`,
    );
    const { tls } = kubeconfigAccess(path).client;
    expect([tls?.ca, tls?.cert, tls?.key].map(String)).toEqual(["CA", "CERT", "KEY"]);
    expect(tls?.servername).toBe("other");
  });

  it.each([
    ["a plug-in", () => kubeconfig("exec: { command: aws }"), "credentials from a plug-in"],
    ["a missing file", () => join(directory, "none"), "ENOENT"],
    ["a file beside it that is missing", () => kubeconfig("client-key: none.pem"), "ENOENT"],
    [
      "a file without contexts",
      () => {
        writeFileSync(join(directory, "empty"), "{}");
        return join(directory, "empty");
      },
      "has no cluster with a server",
    ],
  ])("says what is wrong with %s", (_, path, message) => {
    expect(() => kubeconfigAccess(path())).toThrow(message);
  });
});

describe("inClusterAccess()", () => {
  it("reads the token for each request", async () => {
    mkdirSync(join(directory, "account"));
    const file = (name: string, text: string) => writeFileSync(join(directory, "account", name), text);
    file("token", "one\n");
    file("ca.crt", "CA");
    file("namespace", "shop");
    const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };
    const { client, namespace } = inClusterAccess(env, join(directory, "account"));
    expect(client.url).toBe("https://[fd00::1]:443");
    expect(namespace).toBe("shop");
    expect(await client.headers?.()).toEqual({ authorization: "Bearer one" });
    file("token", "two");
    expect(await client.headers?.()).toEqual({ authorization: "Bearer two" });
  });

  it("says that this is not a pod", () => {
    expect(() => inClusterAccess({})).toThrow("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined");
  });
});
