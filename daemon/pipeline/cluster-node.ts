import { isIPv6 } from "node:net";
import { hostname, type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { parseDuration } from "../../shared/alloy/duration.ts";
import { type Member, parseGreeting } from "../../shared/cluster/greeting.ts";
import { createMembership } from "../../shared/cluster/membership.ts";
import { ownerOf } from "../../shared/cluster/owner.ts";
import type { HttpAnswer, HttpRequest } from "../../shared/http/message.ts";
import { textPage } from "../../shared/http/pages.ts";
import { isLoopback } from "../../shared/http/same-origin.ts";
import { greetingPath, greetMember, resolveMembers } from "../../shared/node/cluster-client.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import type { Metrics } from "../../shared/telemetry/metrics/metrics.ts";
import { alone, type Cluster } from "../controller/cluster.ts";

export interface ClusterNodeOptions {
  flag(name: string): string;
  readonly emit: Emit;
  readonly metrics: Pick<Metrics, "set">;
  /** What the admin ports of all members ask for, where a password is set. */
  headers(): Readonly<Record<string, string>>;
}

/** A member, as Alloy's page lists it. */
export interface Peer {
  readonly name: string;
  readonly addr: string;
  readonly isSelf: boolean;
  readonly state: Member["state"];
}

/** This process as a member of a cluster, or alone. */
export interface ClusterNode extends Cluster {
  /** All members, as the page lists them; nobody where there is no cluster. */
  peers(): readonly Peer[];
  /** The answer to a greeting; undefined when the request is not one. */
  answer(request: HttpRequest): HttpAnswer | undefined;
  /** Looks once for the others. `address` is where the admin port listens. */
  start(address: string): Promise<void>;
  /** Tells the others that this process leaves. */
  stop(): Promise<void>;
}

/** Often enough for a target to be missed once at most, at usual intervals. */
const maxAskMs = 5_000;

/** A member as the flags say; alone without `--cluster.enabled`. Throws a sentence for a person. */
export function createClusterNode(options: ClusterNodeOptions): ClusterNode {
  const { flag } = options;
  if (flag("cluster.enabled") !== "true") {
    return { ...alone, peers: () => [], answer: () => undefined, async start() {}, async stop() {} };
  }
  const [joinMs, waitMs] = [durationOf("cluster.rejoin-interval"), durationOf("cluster.wait-timeout")];
  const size = Number(flag("cluster.wait-for-size") || "0");
  if (!Number.isInteger(size) || size < 0) throw new Error("--cluster.wait-for-size must be a whole number");
  return new Node(options, { joinMs, size, waitMs });

  function durationOf(name: string): number {
    const found = parseDuration(flag(name) || "0s");
    if (typeof found === "object") throw new Error(`--${name}: ${found.problem}`);
    return found;
  }
}

interface Waits {
  readonly joinMs: number;
  /** Members that there must be before this process works on anything. */
  readonly size: number;
  /** Longest wait for them; 0: for as long as it takes. */
  readonly waitMs: number;
}

class Node implements ClusterNode {
  private readonly options: ClusterNodeOptions;
  private readonly waits: Waits;
  private readonly leaving = new AbortController();
  private readonly listeners = new Set<() => void>();
  private membership: ReturnType<typeof createMembership> | undefined;
  private names: readonly string[] = [];
  private isComplete = false;
  private running: Promise<void> = Promise.resolve();
  private self = "";

  constructor(options: ClusterNodeOptions, waits: Waits) {
    this.options = options;
    this.waits = waits;
  }

  owns(key: string): boolean {
    return this.isComplete && ownerOf(key, this.names) === this.self;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  peers(): readonly Peer[] {
    const all = this.membership?.members() ?? [];
    return all.map(({ name, address, state }) => ({ name, addr: address, isSelf: name === this.self, state }));
  }

  answer({ method, path, headers, body }: HttpRequest): HttpAnswer | undefined {
    if (path !== greetingPath) return undefined;
    if (method !== "POST" || headers["content-type"] !== "application/json") return textPage(405, "POST a greeting\n");
    const greeting = parseGreeting(Buffer.from(body).toString());
    if (!greeting) return textPage(400, "this is not a greeting\n");
    const answer = this.membership?.greeted(greeting);
    if (!answer) return textPage(409, "this is another cluster, or the same member\n");
    return textPage(200, JSON.stringify(answer), { "content-type": "application/json" });
  }

  async start(address: string): Promise<void> {
    const { flag, emit, headers } = this.options;
    const port = Number(address.slice(address.lastIndexOf(":") + 1));
    this.self = flag("cluster.node-name") || hostname();
    const joinAddresses = flag("cluster.join-addresses")
      .split(",")
      .map((each) => each.trim());
    const written = joinAddresses.filter((each) => each !== "");
    const membership = createMembership({
      cluster: flag("cluster.name"),
      self: { name: this.self, address: advertised(address, flag) },
      clock,
      emit,
      join: () => resolveMembers(written, port),
      joinMs: this.waits.joinMs,
      askMs: Math.min(maxAskMs, this.waits.joinMs),
      ask: (to, greeting) => greetMember(to, greeting, headers()),
    });
    this.membership = membership;
    await membership.look();
    membership.onChange(() => this.recount());
    this.recount();
    if (!this.isComplete && this.waits.waitMs > 0) {
      void clock.sleep(this.waits.waitMs, this.leaving.signal).then(() => this.complete());
    }
    this.running = membership.run(this.leaving.signal);
  }

  async stop(): Promise<void> {
    this.leaving.abort();
    await this.running;
  }

  private recount(): void {
    this.names = this.peers().map(({ name }) => name);
    this.options.metrics.set("cluster_node_peers", { state: "participant" }, this.names.length);
    if (this.names.length >= this.waits.size) this.isComplete = true;
    for (const listener of this.listeners) listener();
  }

  private complete(): void {
    if (this.isComplete || this.leaving.signal.aborted) return;
    this.isComplete = true;
    this.recount();
  }
}

/** `host:port` by which the others reach this process. Throws a sentence for a person. */
function advertised(listening: string, flag: (name: string) => string): string {
  const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(listening) ?? [];
  const given = flag("cluster.advertise-address");
  if (isIPv6(given)) return `[${given}]:${port}`;
  if (given !== "") return /:\d+$/.test(given) ? given : `${given}:${port}`;
  if (host !== "0.0.0.0" && host !== "[::]") return listening;
  const wanted = flag("cluster.advertise-interfaces").split(",");
  const all = Object.entries(networkInterfaces()).filter(([name]) => wanted.includes("all") || wanted.includes(name));
  const ips = all.flatMap(([, addresses]) => addresses ?? []).filter(isReachable);
  const chosen = ips.find(({ family }) => family === "IPv4") ?? ips[0];
  if (!chosen) {
    throw new Error(
      "no address for the other members is found: set --cluster.advertise-address, or --cluster.advertise-interfaces",
    );
  }
  return chosen.family === "IPv4" ? `${chosen.address}:${port}` : `[${chosen.address}]:${port}`;
}

function isReachable({ internal, address }: NetworkInterfaceInfo): boolean {
  return !internal && !isLoopback(address) && !address.startsWith("fe80:");
}
