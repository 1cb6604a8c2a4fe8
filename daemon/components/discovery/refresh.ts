import type { Target } from "../../../shared/alloy/composite-types.ts";
import type { Component, ComponentContext } from "../../controller/component.ts";

/** What a component of discovery exports. */
export interface DiscoveryExports {
  readonly targets: readonly Target[];
}

/** The targets there are now, or why they cannot be found. */
export type Refreshed =
  /** `missing`: what could not be asked for, so that targets are without it. */
  | { readonly kind: "targets"; readonly targets: readonly Target[]; readonly missing?: string | undefined }
  | { readonly kind: "failed"; readonly message: string };

/** Where targets come from with certain arguments. */
export interface TargetSource {
  readonly intervalMs: number;
  /** Never rejects. */
  refresh(signal: AbortSignal): Promise<Refreshed>;
  close(): void;
}

/**
 * A component that asks for its targets again and again: at once, and then after each interval. While asking fails the last
 * targets stay, the component stays healthy, and each failure is reported. `open` throws when the arguments cannot be used.
 */
export function refreshed<Args>(
  args: Args,
  context: ComponentContext<DiscoveryExports>,
  open: (args: Args) => TargetSource,
): Component<Args, DiscoveryExports> {
  let source = open(args);
  let wake = new AbortController();
  let lastError: string | undefined;
  let lastMissing: string | undefined;
  let found = 0;

  async function once(signal: AbortSignal): Promise<void> {
    const asked = source;
    const answer = await asked.refresh(signal);
    if (signal.aborted || asked !== source) return;
    if (answer.kind === "failed") {
      lastError = answer.message;
      context.emit("discovery.failed", { message: answer.message });
      return;
    }
    found = answer.targets.length;
    context.setExports({ targets: answer.targets });
    if (lastError !== undefined) context.emit("discovery.recovered", { targets: found });
    lastError = undefined;
    const { missing } = answer;
    if (missing !== undefined && missing !== lastMissing) context.emit("discovery.failed", { message: missing });
    lastMissing = missing;
  }

  return {
    exports: { targets: [] },
    async run(abort) {
      while (!abort.aborted) {
        wake = new AbortController();
        const signal = AbortSignal.any([abort, wake.signal]);
        await once(signal);
        await context.clock.sleep(source.intervalMs, signal);
      }
      source.close();
    },
    update(next) {
      const replaced = source;
      source = open(next);
      replaced.close();
      wake.abort();
    },
    debugInfo: () => ({ targets: found, last_error: lastError ?? lastMissing ?? "" }),
  };
}
