import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { journal } from "../../../daemon/components/loki/source/journal.ts";
import { compileRules } from "../../../daemon/components/relabel-rules.ts";
import { logsReceiver, relabelRules } from "../../../daemon/controller/capsules.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";
import { recordingEntries } from "../../support/recording-entries.ts";
import { tailStand, until } from "../../support/tail-stand.ts";

let stand: ReturnType<typeof tailStand>;
const path = process.env.PATH ?? "";
beforeEach(() => {
  stand = tailStand();
  process.env.PATH = `${stand.root}${delimiter}${path}`;
});
afterEach(() => {
  process.env.PATH = path;
  stand.remove();
});

/** A journalctl that prints what stands in a file, once, and then waits, as one that follows. */
function fakeJournalctl(exported: string, ending = "exec sleep 60"): void {
  writeFileSync(stand.file("export"), exported);
  writeFileSync(
    stand.file("journalctl"),
    `#!/bin/sh\necho "$@" >> ${stand.file("calls")}\ncat ${stand.file("export")}\n${ending}\n`,
  );
  chmodSync(stand.file("journalctl"), 0o755);
}

const calls = () =>
  existsSync(stand.file("calls")) ? readFileSync(stand.file("calls"), "utf8").trim().split("\n") : [];

function start(more = "") {
  const out = recordingEntries();
  const rules = compileRules([
    { source_labels: ["__journal__systemd_unit"], target_label: "unit" },
    { source_labels: ["__journal_priority_keyword"], target_label: "level" },
  ]);
  const variables = { out: logsReceiver.encode(out.receiver), rules: relabelRules.encode(rules) };
  const text = `forward_to = [out]\nrelabel_rules = rules\nlabels = {host = "h"}\n${more}`;
  const running = runComponent(journal, decodeArguments(journal.arguments, text, variables), {
    storageDir: stand.file("s"),
  });
  return { ...out, running };
}

const entry = (cursor: string, message: string) =>
  `__CURSOR=${cursor}\n__REALTIME_TIMESTAMP=1700000000000001\n_SYSTEMD_UNIT=a.service\nPRIORITY=4\n${message}\n`;

describe("loki.source.journal", () => {
  it("reads entries with their labels and times, and goes on behind the last one", async () => {
    fakeJournalctl(
      `${entry("c1", "MESSAGE=one")}\n${entry("c2", "OTHER=no message")}\n${entry("c3", "MESSAGE=two")}\n`,
    );
    const first = start('matches = "_UID=0 A=b"');
    await until(() => first.entries.length === 2);
    await (await first.running).stop();
    expect(first.entries[0]?.labels.map(({ name, value }) => `${name}=${value}`)).toEqual([
      "host=h",
      "job=loki.source.journal.test",
      "level=warning",
      "unit=a.service",
    ]);
    expect(first.entries.map(({ line, timeUnixNano }) => [line, timeUnixNano])).toEqual([
      ["one", 1_700_000_000_000_001_000n],
      ["two", 1_700_000_000_000_001_000n],
    ]);
    fakeJournalctl(`${entry("c4", "MESSAGE=three")}\n`);
    const second = start("format_as_json = true");
    await until(() => second.entries.length === 1);
    await (await second.running).stop();
    expect(JSON.parse(second.entries[0]?.line ?? "")).toMatchObject({ MESSAGE: "three", __CURSOR: "c4" });
    expect(calls()[0]).toMatch(/--since=@\d+ -- _UID=0 A=b$/);
    expect(calls()[1]).toContain("--after-cursor=c3");
  });

  it("tells when the journal cannot be read, and tries again", async () => {
    fakeJournalctl("", "echo no such journal >&2; exit 1");
    const { running } = start();
    const component = await running;
    await until(() => calls().length > 1);
    await component.stop();
    expect(component.events[0]).toMatchObject({
      name: "log.failed",
      fields: { message: expect.stringContaining("no such journal") },
    });
  });
});
