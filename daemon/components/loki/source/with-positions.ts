import { errorText } from "../../../../shared/error-text.ts";
import { openPositions, type Positions } from "../../../../shared/node/tail/positions.ts";
import type { ComponentContext } from "../../../controller/component.ts";

const saveMs = 1_000;

/** Opens a component's positions for `use`: they are saved every second, and once more when it has ended. */
export async function withPositions(
  { storageDir, emit }: Pick<ComponentContext<unknown>, "storageDir" | "emit">,
  use: (positions: Positions) => Promise<void>,
): Promise<void> {
  const positions = await openPositions(storageDir);
  const timer = setInterval(() => void save(), saveMs);
  try {
    await use(positions);
  } finally {
    clearInterval(timer);
    await save();
  }

  async function save(): Promise<void> {
    try {
      await positions.save();
    } catch (error) {
      emit("positions.failed", { message: errorText(error) });
    }
  }
}
