import { describe, expect, it } from "vitest";
import type { Greeting } from "../../shared/cluster/greeting.ts";
import { createMembership, type Membership } from "../../shared/cluster/membership.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

describe("createMembership()", () => {
  it("finds everybody through one address", async () => {
    const network = createNetwork();
    for (const name of ["a", "b", "c", "d"]) network.add(name, name === "a" ? [] : ["a:1"]);
    await network.rounds(3);
    for (const name of ["a", "b", "c", "d"]) expect(network.seenBy(name)).toEqual(["a", "b", "c", "d"]);
  });

  it("forgets a member that does not answer three times, and takes it back when it does", async () => {
    const network = createNetwork();
    for (const name of ["a", "b"]) network.add(name, ["a:1", "b:1"]);
    await network.rounds(1);
    network.cut("b");
    await network.rounds(2);
    expect(network.seenBy("a")).toEqual(["a", "b"]);
    await network.rounds(1);
    expect(network.seenBy("a")).toEqual(["a"]);
    network.mend("b");
    await network.rounds(1);
    expect(network.seenBy("a")).toEqual(["a", "b"]);
  });

  it("forgets a member at once when it says that it leaves", async () => {
    const network = createNetwork();
    for (const name of ["a", "b"]) network.add(name, ["a:1", "b:1"]);
    await network.rounds(1);
    const gone = new AbortController();
    gone.abort();
    await network.node("b").run(gone.signal);
    expect(network.seenBy("a")).toEqual(["a"]);
    expect(network.node("b").members()).toContainEqual({ name: "b", address: "b:1", state: "terminating" });
  });

  it("does not mix with another cluster", async () => {
    const network = createNetwork();
    network.add("a", ["b:1"]);
    network.add("b", ["a:1"], "other");
    await network.rounds(2);
    expect([network.seenBy("a"), network.seenBy("b")]).toEqual([["a"], ["b"]]);
  });

  it("believes only who answers: what is said of others makes nobody a member", async () => {
    const network = createNetwork();
    network.add("a", []);
    const from = { name: "ghost", address: "ghost:1", state: "participant" } as const;
    network.node("a").greeted({ cluster: "", from, known: ["ghost:2"] });
    await network.rounds(2);
    expect(network.seenBy("a")).toEqual(["a"]);
  });

  it("says that two processes have one name, and counts neither twice", async () => {
    const network = createNetwork();
    network.add("a", ["twin:1"]);
    network.add("a", ["a:1"], "", "twin:1");
    await network.rounds(1);
    expect(network.events.map(({ name }) => name)).toContain("cluster.unusual");
    expect(network.seenBy("a")).toEqual(["a"]);
  });

  it("tells of every change, and of none where nothing changed", async () => {
    const network = createNetwork();
    network.add("a", ["b:1"]);
    let changes = 0;
    const end = network.node("a").onChange(() => {
      changes += 1;
    });
    await network.rounds(2);
    expect(changes).toBe(0);
    network.add("b", []);
    await network.rounds(2);
    expect(changes).toBe(1);
    end();
    network.cut("b");
    await network.rounds(4);
    expect(changes).toBe(1);
  });
});

/** Members that greet each other without a network: `name:1` is where `name` listens. */
function createNetwork() {
  const byAddress = new Map<string, Membership>();
  const nodes = new Map<string, Membership>();
  const cutOff = new Set<string>();
  const events: EmittedEvent[] = [];
  const emit = recordEvents(events);
  const clock = { now: () => 0, sleep: async () => {} };

  return {
    events,
    add(name: string, joined: readonly string[], cluster = "", address = `${name}:1`) {
      const ask = async (to: string, greeting: Greeting) => {
        const answer = cutOff.has(to) || cutOff.has(address) ? undefined : byAddress.get(to)?.greeted(greeting);
        if (!answer) throw new Error(`nobody at ${to}`);
        return answer;
      };
      const self = { name, address };
      const options = { cluster, self, clock, emit, join: async () => joined, joinMs: 60_000, ask, askMs: 1_000 };
      const made = createMembership(options);
      byAddress.set(address, made);
      if (!nodes.has(name)) nodes.set(name, made);
    },
    node(name: string): Membership {
      const found = nodes.get(name);
      if (!found) throw new Error(`there is no ${name}`);
      return found;
    },
    seenBy(name: string) {
      return this.node(name)
        .members()
        .map((member) => member.name);
    },
    cut: (name: string) => cutOff.add(`${name}:1`),
    mend: (name: string) => cutOff.delete(`${name}:1`),
    async rounds(count: number) {
      for (let round = 0; round < count; round += 1) {
        for (const each of byAddress.values()) await each.look();
      }
    },
  };
}
