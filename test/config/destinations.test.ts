import { describe, expect, test } from "vitest";
import { createDestinations } from "../../shared/config/destinations.ts";
import { type Config, resolve } from "../../shared/config/resolve.ts";

function configWith(apiKey: string | undefined): Config {
  const destination = { endpoint: "https://otlp.example.net/otlp", instanceId: "7" };
  const resolved = resolve(apiKey ? { ...destination, apiKey } : destination);
  if (resolved.kind === "invalid") throw new Error(resolved.problems.join());
  return resolved.config;
}

function rotating(first: string | undefined) {
  const state = { config: configWith(first), stored: first, now: 0, refreshes: 0 };
  const destinations = createDestinations({
    store: {
      current: () => state.config,
      async refresh() {
        state.refreshes++;
        if (state.stored === first) return { kind: "unchanged" };
        state.config = configWith(state.stored);
        return { kind: "changed" };
      },
    },
    clock: { now: () => state.now },
    random: () => 0,
  });
  const keys = () =>
    destinations.candidates("grafana-cloud").map(({ auth }) => (auth.kind === "basic" ? auth.password.reveal() : ""));
  return { state, destinations, keys };
}

describe("createDestinations()", () => {
  test("has none while a part of it is missing, nor by another name", () => {
    expect(rotating(undefined).keys()).toEqual([]);
    expect(rotating("old").destinations.candidates("elsewhere")).toEqual([]);
  });

  test("finds the new key early when the old one is revoked", async () => {
    const { state, destinations, keys } = rotating("old");
    expect(keys()).toEqual(["old"]);
    state.stored = "new";
    await destinations.refused("grafana-cloud");
    expect(keys()).toEqual(["new"]);
  });

  test("tries the old key again while the new one is refused", async () => {
    const { state, destinations, keys } = rotating("old");
    keys();
    state.config = configWith("mistyped");
    expect(keys()).toEqual(["mistyped"]);
    await destinations.refused("grafana-cloud");
    expect(keys()).toEqual(["mistyped", "old"]);
    state.config = configWith("new");
    expect(keys()).toEqual(["new"]);
  });

  test("keeps the last good key through several bad ones", async () => {
    const { state, destinations, keys } = rotating("good");
    keys();
    for (const bad of ["bad-1", "bad-2"]) {
      state.config = configWith(bad);
      keys();
      await destinations.refused("grafana-cloud");
    }
    expect(keys()).toEqual(["bad-2", "good"]);
  });

  test("reads the settings early only once in a while", async () => {
    const { state, destinations } = rotating("old");
    await destinations.refused("grafana-cloud");
    await destinations.refused("grafana-cloud");
    expect(state.refreshes).toBe(1);
    state.now = 30_000;
    await destinations.refused("grafana-cloud");
    expect(state.refreshes).toBe(2);
  });
});
