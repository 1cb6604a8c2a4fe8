import { defineCommand, exitCodes, stageOption } from "../command.ts";
import { localOption, withLocalStack } from "../local-stack.ts";
import { stageOf } from "../stage.ts";
import type { Io } from "../terminal/io.ts";
import type { Check } from "./check.ts";
import { checkDestination } from "./destination.ts";
import { checkJourney, checkLocalJourney } from "./journey.ts";
import { checkLogs } from "./logs.ts";
import { checkQueues } from "./queues.ts";
import { checkSettings } from "./settings.ts";
import { checkStack } from "./stack.ts";
import { checkWayIn } from "./way-in.ts";

/** `sluice doctor`. */
export const doctor = defineCommand({
  name: "doctor",
  summary: "Check a deployment from end to end",
  details:
    "Settings, credentials (an empty export for each signal), stack, the way in (load balancer, rule, target), a marked log record through ingest into the queue and through flush to the destination, queues, delivery, age and dead letters, and what subscribed log groups need. Each failed check names the command that fixes it; one of them makes the exit code 1.",
  options: { stage: stageOption, local: localOption },
  examples: [
    { line: "sluice doctor --stage prod", comment: "after a deployment, or when something looks wrong" },
    { line: "sluice doctor --local", comment: "the stack that `npm start` runs" },
    { line: "sluice doctor --stage prod --json", comment: "for a scheduled job" },
  ],
  async run({ options, io: given, show }) {
    const io = options.local ? withLocalStack(given) : given;
    if (io === undefined) return exitCodes.failed;
    const stage = stageOf(options, io);
    if (stage === undefined) return exitCodes.usage;
    const local = options.local === true;
    const { checks: settings, config } = await checkSettings(stage, io, local);
    const [stack, wayIn, logs, journey, destination, queues] = await Promise.all([
      local ? [] : checkStack(stage, config),
      local ? [] : checkWayIn(stage),
      local ? [] : checkLogs(stage),
      local ? checkLocalJourney(config, io) : checkJourney(stage, config),
      checkDestination(stage, config),
      checkQueues(stage, io),
    ]);
    const checks = [...settings, ...stack, ...wayIn, ...logs, ...journey, ...destination, ...queues];
    const failures = checks.filter(({ state }) => state === "failed").length;
    show({ data: { stage, healthy: failures === 0, checks }, text: checks.map((check) => line(check, io)).join("\n") });
    io.say(failures === 0 ? "Nothing failed." : `${failures} of ${checks.length} checks failed.`);
    return failures === 0 ? exitCodes.ok : exitCodes.bad;
  },
});

const marks = { ok: ["ok", 32], skipped: ["skip", 2], warning: ["warn", 33], failed: ["FAIL", 31] } as const;

function line(check: Check, { color }: Io): string {
  const [mark, code] = marks[check.state];
  const painted = color ? `\u001b[${code}m${mark.padEnd(4)}\u001b[0m` : mark.padEnd(4);
  const fix = "fix" in check ? `\n      → ${check.fix}` : "";
  return `${painted}  ${check.name}: ${check.detail}${fix}`;
}
