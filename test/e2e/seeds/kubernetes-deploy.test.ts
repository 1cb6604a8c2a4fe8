import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { peers } from "../../../bench/peers/find-peers.ts";
import { type ApiServer, canRunKubernetes, startApiServer } from "../../support/kubernetes/api-server.ts";

const root = join(import.meta.dirname, "../../..");
const chart = join(root, "infra/helm/sluice");
const example = (...path: string[]) => join(root, "examples", ...path);
const multiSignal = [
  "-f",
  example("kubernetes-multi-signal/values.yaml"),
  `--set-file=config.content=${example("kubernetes-multi-signal/config.alloy")}`,
];

interface KubernetesObject {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly [key: string]: unknown;
}

function helm(...words: readonly string[]): readonly KubernetesObject[] {
  const text = execFileSync(peers.helm ?? "", ["template", ...words, "--kube-version=1.34.4"], {
    encoding: "utf8",
    stdio: "pipe",
  });
  return parseAllDocuments(text).flatMap((document) => document.toJS() ?? []);
}

const asRoot =
  "--set=hostLogs=true,containerRuntime=docker,podSecurityContext.runAsNonRoot=false,podSecurityContext.runAsUser=0";
const moreToMount = [
  '--set-json=extraVolumes=[{"name":"ca","emptyDir":{}}]',
  '--set-json=extraVolumeMounts=[{"name":"ca","mountPath":"/ca"}]',
];

const releases = [
  { name: "the chart as it comes", objects: () => helm("agent", chart, "-n", "monitoring") },
  {
    name: "a gateway",
    objects: () => helm("gateway", chart, "-n", "monitoring", "--set=controller.type=deployment,storage.type=emptyDir"),
  },
  {
    name: "a cluster that shares its targets",
    objects: () =>
      helm(
        "agent",
        chart,
        "-n",
        "monitoring",
        "--set=controller.type=deployment,controller.replicas=3,storage.type=emptyDir,clustering.enabled=true",
      ),
  },
  {
    name: "everything of the host",
    objects: () => helm("agent", chart, "-n", "monitoring", "--set=hostMetrics=true,hostLogs=true,hostNetwork=true"),
  },
  {
    name: "what belongs to root, and more to mount",
    objects: () => helm("agent", chart, "-n", "monitoring", asRoot, ...moreToMount),
  },
  {
    name: "kubernetes-helmfile: the configuration",
    objects: () =>
      helm(
        "alloy-config",
        example("kubernetes-helmfile/charts/alloy-config"),
        "-n",
        "monitoring",
        `--set-file=config=${example("kubernetes-helmfile/config.alloy")}`,
      ),
  },
  {
    name: "kubernetes-helmfile: the agent",
    objects: () => helm("alloy", chart, "-n", "monitoring", "-f", example("kubernetes-helmfile/values/sluice.yaml")),
  },
  { name: "kubernetes-multi-signal", objects: () => helm("alloy", chart, "-n", "monitoring-stack", ...multiSignal) },
];

describe.skipIf(!peers.helm || !canRunKubernetes)(
  "the charts (skipped without helm and kube-apiserver: bench/peers/install.sh kubernetes)",
  () => {
    let server: ApiServer;

    beforeAll(async () => {
      server = await startApiServer();
      for (const name of ["monitoring", "monitoring-stack"]) {
        await server.send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
      }
    });
    afterAll(() => server?.stop());

    it.each(releases)("are taken by a real API server, every field known: $name", async ({ objects }) => {
      const all = objects();
      expect(all.length).toBeGreaterThan(0);
      for (const object of all) {
        await server.send("POST", `${pathOf(object)}?dryRun=All&fieldValidation=Strict`, object);
      }
    });

    it("puts the owner's configuration into the cluster as it is", async () => {
      const release = releases.find(({ name }) => name === "kubernetes-helmfile: the configuration");
      for (const object of release?.objects() ?? []) await server.send("POST", pathOf(object), object);
      const stored = JSON.parse(await server.send("GET", "/api/v1/namespaces/monitoring/configmaps/alloy-config"));
      expect(stored.data["config.alloy"].trim()).toBe(
        readFileSync(example("kubernetes-helmfile/config.alloy"), "utf8").trim(),
      );
    });

    it("has the names, labels and ports that the owners' commands know", () => {
      const objects = helm("alloy", chart, "-n", "monitoring-stack", ...multiSignal);
      const service = objects.find(({ kind }) => kind === "Service");
      expect(service?.metadata).toMatchObject({ name: "alloy", namespace: "monitoring-stack" });
      expect(service?.spec).toMatchObject({ ports: [{ port: 12345 }, { port: 4317 }, { port: 4318 }] });
      expect(objects.find(({ kind }) => kind === "DaemonSet")?.metadata.labels).toMatchObject({
        "app.kubernetes.io/name": "alloy",
      });
    });

    it("says which value it does not know", () => {
      expect(() => helm("agent", chart, "--set=controller.type=job")).toThrow(
        'controller.type is "job": it must be daemonset or deployment',
      );
      expect(() => helm("agent", chart, "--set=containerRuntime=crio")).toThrow("scrape the kubelets'");
    });

    it("lets the owner's agent read the runtime's socket, as a root without any capability, and gives the storage to it", () => {
      const [agent] = helm("alloy", chart, "-f", example("kubernetes-helmfile/values/sluice.yaml")).filter(
        ({ kind }) => kind === "DaemonSet",
      );
      expect(agent?.spec).toMatchObject({
        template: {
          spec: {
            securityContext: { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: "RuntimeDefault" } },
            initContainers: [{ command: ["busybox", "chown", "-R", "0:0", "/var/lib/sluice"] }],
            containers: [{ securityContext: { capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true } }],
          },
        },
      });
      expect(JSON.stringify(agent)).toContain("/run/containerd/containerd.sock");
    });
  },
);

const paths: Readonly<Record<string, string>> = {
  ConfigMap: "configmaps",
  ServiceAccount: "serviceaccounts",
  Service: "services",
  DaemonSet: "daemonsets",
  Deployment: "deployments",
  ClusterRole: "clusterroles",
  ClusterRoleBinding: "clusterrolebindings",
};

function pathOf({ kind, apiVersion, metadata }: KubernetesObject): string {
  const group = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
  const place = kind.startsWith("Cluster") ? "" : `/namespaces/${metadata.namespace}`;
  return `${group}${place}/${paths[kind]}`;
}
