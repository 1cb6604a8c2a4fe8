import { type Clock, monotonic } from "../clock.ts";
import type { Emit } from "../telemetry/events/events.ts";
import { type Greeting, type Member, maxMembers } from "./greeting.ts";

export interface MembershipOptions {
  readonly cluster: string;
  readonly self: { readonly name: string; readonly address: string };
  readonly clock: Clock;
  readonly emit: Emit;
  /** Addresses to begin with, each `host:port`; asked for again every `joinMs`. Never rejects. */
  join(): Promise<readonly string[]>;
  readonly joinMs: number;
  /** Greets whoever listens at `address`; rejects when nobody answers as a member does, or not within a time of its own. */
  ask(address: string, greeting: Greeting): Promise<Greeting>;
  readonly askMs: number;
}

/** Who else is in the cluster. Everybody greets everybody they know of; nobody leads. */
export interface Membership {
  /** This process and those that answered, by name. */
  members(): readonly Member[];
  /** Calls `listener` whenever `members` says something else; the function that comes back ends that. */
  onChange(listener: () => void): () => void;
  /** Answers a greeting; undefined when it is from another cluster, or from this process itself. */
  greeted(greeting: Greeting): Greeting | undefined;
  /** Greets everybody once. */
  look(): Promise<void>;
  /** Greets every `askMs` until `abort`, and then tells all others that this process leaves. */
  run(abort: AbortSignal): Promise<void>;
}

/** Greetings without an answer after which a member is gone. */
const maxMisses = 3;

/** Keeps the list of members. What one member says of another only makes it somebody to greet: a member is who answers. */
export function createMembership(options: MembershipOptions): Membership {
  const { self, cluster, clock, emit, ask } = options;
  const others = new Map<string, Member & { misses: number }>();
  const listeners = new Set<() => void>();
  /** Addresses that somebody named, or where somebody greeted from. */
  const heardOf = new Set<string>();
  /** Further addresses of this process. */
  const own = new Set([self.address]);
  let joined: readonly string[] = [];
  let joinAt = Number.NEGATIVE_INFINITY;
  let state: Member["state"] = "participant";

  return {
    members,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    greeted(greeting) {
      if (greeting.cluster !== cluster || isOwn(greeting)) return undefined;
      if (greeting.from.state === "terminating") forget(greeting.from.name);
      else hear(greeting.from.address);
      return ownGreeting();
    },
    look,
    async run(abort) {
      for (;;) {
        await clock.sleep(options.askMs, abort);
        if (abort.aborted) break;
        await look();
      }
      state = "terminating";
      await Promise.allSettled([...others.values()].map(({ address }) => ask(address, ownGreeting())));
    },
  };

  async function look(): Promise<void> {
    if (monotonic(clock) >= joinAt) {
      joined = (await options.join()).slice(0, maxMembers);
      joinAt = monotonic(clock) + options.joinMs;
    }
    await Promise.all(addresses().map(greet));
  }

  function members(): readonly Member[] {
    const all = [{ ...self, state }, ...[...others.values()].map(({ misses: _, ...member }) => member)];
    return all.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  function addresses(): readonly string[] {
    const known = [...others.values()].map(({ address }) => address);
    return [...new Set([...joined, ...known, ...heardOf])].filter((address) => !own.has(address)).slice(0, maxMembers);
  }

  function ownGreeting(): Greeting {
    return { cluster, from: { ...self, state }, known: [...others.values()].map(({ address }) => address) };
  }

  async function greet(address: string): Promise<void> {
    const answer = await ask(address, ownGreeting()).catch(() => undefined);
    if (!answer) {
      missed(address);
      return;
    }
    heardOf.delete(address);
    if (answer.cluster !== cluster) return;
    if (isOwn(answer)) {
      own.add(address);
      return;
    }
    for (const each of answer.known) hear(each);
    take(answer.from, address);
  }

  function take(member: Member, address: string): void {
    const known = others.get(member.name);
    if (member.state === "terminating") {
      forget(member.name);
      return;
    }
    if (known && known.address !== address && known.misses === 0) {
      emit("cluster.unusual", { message: `${known.address} and ${address} both call themselves ${member.name}` });
    }
    if (!known && others.size >= maxMembers - 1) return;
    // It answers where it was asked; what it says of itself may be of use to others only.
    others.set(member.name, { ...member, address, misses: 0 });
    if (!known) changed();
  }

  function missed(address: string): void {
    heardOf.delete(address);
    for (const member of others.values()) {
      if (member.address !== address) continue;
      member.misses += 1;
      if (member.misses >= maxMisses) forget(member.name);
    }
  }

  function forget(name: string): void {
    if (others.delete(name)) changed();
  }

  function hear(address: string): void {
    if (heardOf.size < maxMembers && !own.has(address)) heardOf.add(address);
  }

  function isOwn({ from }: Greeting): boolean {
    if (from.name !== self.name) return false;
    if (from.address === self.address) return true;
    const message = `${from.address} calls itself ${self.name}, as this process does: give each a --cluster.node-name`;
    emit("cluster.unusual", { message });
    return true;
  }

  function changed(): void {
    emit("cluster.changed", { members: members().map(({ name }) => name) });
    for (const listener of listeners) listener();
  }
}
