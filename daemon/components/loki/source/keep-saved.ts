import { errorText } from "../../../../shared/error-text.ts";
import type { Positions } from "../../../../shared/node/tail/positions.ts";
import type { ComponentEmit } from "../../../controller/component.ts";

const saveMs = 1_000;

/** Saves positions every second, and once more when it is stopped. */
export function keepSaved(positions: Positions, emit: ComponentEmit): { stop(): Promise<void> } {
  async function save(): Promise<void> {
    try {
      await positions.save();
    } catch (error) {
      emit("positions.failed", { message: errorText(error) });
    }
  }
  const timer = setInterval(() => void save(), saveMs);
  return {
    async stop() {
      clearInterval(timer);
      await save();
    },
  };
}
