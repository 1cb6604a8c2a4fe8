import { attribute, required, table } from "../../../shared/alloy/arguments.ts";
import { list, type Target, target } from "../../../shared/alloy/composite-types.ts";
import { duration, string } from "../../../shared/alloy/text-types.ts";
import { parseTargetGroups } from "../../../shared/discovery/target-groups.ts";
import { createTargetFiles } from "../../../shared/node/target-files.ts";
import { defineComponent } from "../../controller/component.ts";
import { refreshed } from "./refresh.ts";

/** Files are looked at this often, whatever the interval: editing one shows soon. */
const lookMs = 5000;
const name = /^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$/;

const args = table(
  {
    files: required(list(string)),
    refresh_interval: attribute(duration, { default: 300_000 }),
  },
  {
    validate({ files }) {
      if (files.length === 0) return "file service discovery config must contain at least one path name";
      const bad = files.find((file) => !name.test(file));
      return bad === undefined ? undefined : `path name ${JSON.stringify(bad)} is not valid for file discovery`;
    },
  },
);

/** discovery.file: target groups in JSON or YAML files; a file that is bad for a while keeps its last targets. */
export const fileDiscovery = defineComponent({
  name: "discovery.file",
  stability: "generally-available",
  arguments: args,
  exports: { targets: list(target) },
  build: (given, context) =>
    refreshed(given, context, (current) => {
      const files = createTargetFiles(current.files);
      const good = new Map<string, readonly Target[]>();
      return {
        intervalMs: Math.min(lookMs, current.refresh_interval),
        async refresh() {
          const read = await files.read();
          const problems: string[] = [];
          for (const path of good.keys()) if (!read.has(path)) good.delete(path);
          for (const [path, content] of read) {
            if (content.kind === "unchanged") continue;
            const parsed =
              content.kind === "rejected" ? content : parseTargetGroups(content.value, { __meta_filepath: path });
            if (parsed.kind === "targets") good.set(path, parsed.targets);
            else problems.push(`${path}: ${parsed.message}`);
          }
          const [problem] = problems;
          if (problem !== undefined) context.emit("discovery.failed", { message: problem });
          return { kind: "targets", targets: [...good.values()].flat() };
        },
        close() {},
      };
    }),
});
