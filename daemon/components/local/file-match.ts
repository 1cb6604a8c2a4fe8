import { attribute, required, table } from "../../../shared/alloy/arguments.ts";
import { list, type Target, target } from "../../../shared/alloy/composite-types.ts";
import { duration } from "../../../shared/alloy/text-types.ts";
import { matchFiles } from "../../../shared/node/tail/match-files.ts";
import { defineComponent } from "../../controller/component.ts";

const args = table(
  {
    path_targets: required(list(target), { help: "`__path__` is a glob, `__path_exclude__` what it leaves out." }),
    sync_period: attribute(duration, { default: 10_000 }),
    ignore_older_than: attribute(duration, { help: "Files that were not written to for longer are left out." }),
  },
  { validate: ({ sync_period: periodMs }) => (periodMs > 0 ? undefined : "sync period must be greater than 0") },
);

/** `local.file_match`: a target for every file that the globs of its targets find. */
export const fileMatch = defineComponent({
  name: "local.file_match",
  stability: "generally-available",
  arguments: args,
  exports: { targets: list(target) },
  build(given, context) {
    let current = given;
    let last = "";
    let updated = () => {};

    async function sync(): Promise<void> {
      const { path_targets: targets, ignore_older_than: maxAgeMs } = current;
      const found = await matchFiles(targets, { maxAgeMs, now: context.clock.now });
      const text = JSON.stringify(found.map((each) => [...each]));
      if (text === last) return;
      last = text;
      context.setExports({ targets: found });
    }

    return {
      exports: { targets: [] as readonly Target[] },
      async run(abort) {
        while (!abort.aborted) {
          const early = new AbortController();
          updated = () => early.abort();
          await sync();
          await context.clock.sleep(current.sync_period, AbortSignal.any([abort, early.signal]));
        }
      },
      update(next) {
        current = next;
        updated();
      },
      debugInfo: () => ({ files: last === "" ? 0 : (JSON.parse(last) as unknown[]).length }),
    };
  },
});
