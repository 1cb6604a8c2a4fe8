import { once } from "node:events";
import { createServer } from "node:http";
import type { TargetLabels } from "../shared/discovery/label-name.ts";
import { createKubernetesClient } from "../shared/node/kubernetes/kubernetes-client.ts";
import { watchKubernetesTargets } from "../shared/node/kubernetes/kubernetes-targets.ts";
import { systemClock } from "../shared/node/system-clock.ts";
import { printUsageIfAsked } from "./usage.ts";

// Memory and CPU of discovery.kubernetes, role pod: a list of pods in pages, then a change of one pod every 5 ms for some seconds. Each pod is
// 8 KB of JSON with 25 labels and annotations and 3 ports, from a server in the same process whose CPU is measured without a client first.
printUsageIfAsked("Usage: node bench/kubernetes-discovery.ts [PODS]\n\nPODS in the list; default 5000.");
const pods = Number(process.argv[2] ?? 5000);
const changesMs = 5000;

const page = Array.from({ length: 500 }, (_, index) => pod(index));
let send: ((line: string) => void) | undefined;
const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://bench");
  if (url.searchParams.has("watch")) {
    response.flushHeaders();
    send = (line) => void response.write(line);
    return;
  }
  const from = Number(url.searchParams.get("continue") ?? 0);
  const next = from + page.length < pods ? String(from + page.length) : "";
  const items = page.map((item, index) => ({ ...item, metadata: { ...item.metadata, name: `pod-${from + index}` } }));
  response.end(JSON.stringify({ metadata: { resourceVersion: "1", continue: next }, items }));
}).listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
const client = createKubernetesClient({
  url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
});

collect();
const before = process.memoryUsage().heapUsed;
const abort = new AbortController();
let targets: readonly TargetLabels[] = [];
let published = 0;
const began = performance.now();
const cpu = process.cpuUsage();
const running = watchKubernetesTargets(
  {
    client,
    role: "pod",
    namespaces: [],
    selectors: new Map(),
    attachNode: false,
    attachNamespace: false,
    clock: systemClock,
    random: Math.random,
    onTargets(found) {
      targets = found;
      published++;
    },
    onHealth: (failure) => failure !== undefined && console.error(failure),
  },
  abort.signal,
);
while (published === 0 || !send) await new Promise((resolve) => setTimeout(resolve, 5));
const listed = process.cpuUsage(cpu);
console.log(`\ndiscovery.kubernetes: ${pods} pods, ${targets.length} targets`);
console.log(
  `  first targets after ${(performance.now() - began).toFixed(0)} ms, ${ms(listed)} ms of CPU (server included)`,
);
collect();
const held = process.memoryUsage().heapUsed - before;
console.log(`  heap: ${(held / 1024 / pods).toFixed(1)} KiB a pod, targets included`);

const watching = process.cpuUsage();
let changes = 0;
const end = performance.now() + changesMs;
while (performance.now() < end) {
  const index = changes % pods;
  const item = page[index % page.length] ?? page[0];
  send(
    `${JSON.stringify({ type: "MODIFIED", object: { ...item, metadata: { ...item?.metadata, name: `pod-${index}` } } })}\n`,
  );
  changes++;
  await new Promise((resolve) => setTimeout(resolve, 5));
}
const changed = process.cpuUsage(watching);
console.log(
  `  ${changes} changes in ${changesMs / 1000} s: ${((ms(changed) / changesMs) * 100).toFixed(1)} % of a CPU (server included), ${published - 1} updates`,
);
abort.abort();
await running;
client.close();
server.closeAllConnections();
server.close();

function ms({ user, system }: NodeJS.CpuUsage): number {
  return Math.round((user + system) / 1000);
}

function collect(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

function pod(index: number) {
  const filler = "x".repeat(200);
  return {
    metadata: {
      name: `pod-${index}`,
      namespace: `namespace-${index % 20}`,
      uid: `uid-${index}`,
      resourceVersion: "2",
      labels: Object.fromEntries(
        Array.from({ length: 10 }, (_, label) => [`app.kubernetes.io/l${label}`, `value-${label}`]),
      ),
      annotations: Object.fromEntries(
        Array.from({ length: 15 }, (_, label) => [`example.com/a${label}`, `value-${label}`]),
      ),
      managedFields: Array.from({ length: 10 }, () => ({ manager: filler })),
    },
    spec: {
      nodeName: `node-${index % 50}`,
      containers: [
        {
          name: "app",
          image: "registry.example/app:1",
          ports: [1, 2, 3].map((port) => ({ name: `p${port}`, containerPort: 8000 + port, protocol: "TCP" })),
          env: Array.from({ length: 15 }, (_, name) => ({ name: `E${name}`, value: filler })),
        },
      ],
    },
    status: { phase: "Running", podIP: "10.0.0.1", conditions: [{ type: "Ready", status: "True" }] },
  };
}
