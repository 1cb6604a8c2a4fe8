import { describe, expect, it } from "vitest";
import { podTargets } from "../../shared/discovery/kubernetes/pod.ts";
import { trimmed } from "../../shared/discovery/kubernetes/trim.ts";
import { pod, stores } from "../support/discovery/kubernetes-objects.ts";

const addresses = (targets: readonly ReadonlyMap<string, string>[]) =>
  targets.map((target) => target.get("__address__"));

describe("podTargets()", () => {
  it("gives a target for each declared port and for each container without one", () => {
    const targets = podTargets(pod("web"), stores({}));
    expect(addresses(targets)).toEqual(["10.1.0.5:8080", "10.1.0.5:53", "10.1.0.5", "10.1.0.5"]);
    expect(Object.fromEntries(targets[0] ?? [])).toEqual({
      __address__: "10.1.0.5:8080",
      __meta_kubernetes_namespace: "shop",
      __meta_kubernetes_pod_annotation_prometheus_io_scrape: "true",
      __meta_kubernetes_pod_annotationpresent_prometheus_io_scrape: "true",
      __meta_kubernetes_pod_container_id: "containerd://abc",
      __meta_kubernetes_pod_container_image: "app:1",
      __meta_kubernetes_pod_container_init: "false",
      __meta_kubernetes_pod_container_name: "app",
      __meta_kubernetes_pod_container_port_name: "http",
      __meta_kubernetes_pod_container_port_number: "8080",
      __meta_kubernetes_pod_container_port_protocol: "TCP",
      __meta_kubernetes_pod_controller_kind: "ReplicaSet",
      __meta_kubernetes_pod_controller_name: "web-1",
      __meta_kubernetes_pod_host_ip: "192.168.0.1",
      __meta_kubernetes_pod_ip: "10.1.0.5",
      __meta_kubernetes_pod_label_app_kubernetes_io_name: "web",
      __meta_kubernetes_pod_labelpresent_app_kubernetes_io_name: "true",
      __meta_kubernetes_pod_name: "web",
      __meta_kubernetes_pod_node_name: "node-1",
      __meta_kubernetes_pod_phase: "Running",
      __meta_kubernetes_pod_ready: "true",
      __meta_kubernetes_pod_uid: "uid-web",
    });
    expect(targets[3]?.get("__meta_kubernetes_pod_container_init")).toBe("true");
    expect(targets[3]?.has("__meta_kubernetes_pod_container_port_number")).toBe(false);
  });

  it("gives none while the pod has no IP", () => {
    expect(podTargets(pod("web", { status: { podIP: undefined } }), stores({}))).toEqual([]);
  });

  it("says unknown when nothing is known about readiness, and puts IPv6 in brackets", () => {
    const [target] = podTargets(pod("web", { status: { podIP: "fd00::5", conditions: [] } }), stores({}));
    expect(target?.get("__meta_kubernetes_pod_ready")).toBe("unknown");
    expect(target?.get("__address__")).toBe("[fd00::5]:8080");
  });

  it("attaches the node and the namespace, and leaves out pods of nodes that a selector left out", () => {
    const node = { metadata: { name: "node-1", labels: { zone: "a" } } };
    const namespace = { metadata: { name: "shop", annotations: { team: "x" } } };
    const [target] = podTargets(pod("web"), stores({ nodes: [node], namespaces: [namespace] }));
    expect(target?.get("__meta_kubernetes_node_name")).toBe("node-1");
    expect(target?.get("__meta_kubernetes_node_label_zone")).toBe("a");
    expect(target?.get("__meta_kubernetes_namespace_annotation_team")).toBe("x");
    expect(podTargets(pod("web"), stores({ nodes: [] }))).toEqual([]);
  });

  it("needs no more than what is kept of an object", () => {
    const kept = trimmed(pod("web"));
    expect(podTargets(kept, stores({}))).toEqual(podTargets(pod("web"), stores({})));
    expect(JSON.stringify(kept)).not.toMatch(/volumes|managedFields/);
  });

  it("survives nonsense", () => {
    expect(podTargets({ metadata: 1, spec: [], status: { podIP: "10.0.0.1" } }, stores({}))).toEqual([]);
  });
});
