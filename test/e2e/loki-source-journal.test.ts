import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { journal } from "../../daemon/components/loki/source/journal.ts";
import { logsReceiver } from "../../daemon/controller/capsules.ts";
import { decodeArguments, runComponent } from "../support/components/component-stand.ts";
import { recordingEntries } from "../support/recording-entries.ts";
import { tailStand, until } from "../support/tail-stand.ts";

const remote = "/lib/systemd/systemd-journal-remote";
const journalctl = "/usr/bin/journalctl";

/** Journals in systemd's own format, made of an export by Debian's systemd-journal-remote, read by the real journalctl. */
describe.skipIf(!existsSync(remote) || !existsSync(journalctl))("loki.source.journal and a real journal", () => {
  let stand: ReturnType<typeof tailStand>;
  beforeEach(() => {
    stand = tailStand();
    mkdirSync(stand.file("journal"));
  });
  afterEach(() => stand.remove());

  function record(from: number, messages: readonly string[]): void {
    const nowUs = Date.now() * 1000;
    const entries = messages.map((message, index) =>
      [
        `__REALTIME_TIMESTAMP=${nowUs + from + index}`,
        `__MONOTONIC_TIMESTAMP=${1_000_000 + from + index}`,
        "_BOOT_ID=0123456789abcdef0123456789abcdef",
        "_MACHINE_ID=0123456789abcdef0123456789abcdef",
        "_SYSTEMD_UNIT=app.service",
        "PRIORITY=6",
        `MESSAGE=${message}`,
        "",
      ].join("\n"),
    );
    const output = stand.file(`journal/part-${from}.journal`);
    const { status, stderr } = spawnSync(remote, [`--output=${output}`, "-"], { input: `${entries.join("\n")}\n` });
    if (status !== 0) throw new Error(String(stderr));
  }

  async function start() {
    const out = recordingEntries();
    const text = `forward_to = [out]\npath = "${stand.file("journal")}"\nlabels = {job = "journal"}`;
    const args = decodeArguments(journal.arguments, text, { out: logsReceiver.encode(out.receiver) });
    const running = await runComponent(journal, args, { storageDir: stand.file("state") });
    return { ...running, lines: () => out.entries.map(({ line }) => line) };
  }

  it("reads its entries, and goes on behind the last one after a restart", async () => {
    record(0, ["one", "two with é", "three"]);
    const first = await start();
    await until(() => first.lines().length === 3);
    await first.stop();
    expect(first.lines()).toEqual(["one", "two with é", "three"]);
    record(10, ["four"]);
    const second = await start();
    await until(() => second.lines().length === 1);
    await second.stop();
    expect(second.lines()).toEqual(["four"]);
  });
});
