import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileMatch } from "../../../daemon/components/local/file-match.ts";
import { echo } from "../../../daemon/components/loki/echo.ts";
import { process } from "../../../daemon/components/loki/process.ts";
import { relabel } from "../../../daemon/components/loki/relabel.ts";
import { file } from "../../../daemon/components/loki/source/file.ts";
import { logsReceiver } from "../../../daemon/controller/capsules.ts";
import type { Entry } from "../../../shared/loki/entry.ts";
import type { EntryReceiver } from "../../../shared/loki/entry-receiver.ts";
import { labelSet } from "../../../shared/loki/labels.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";
import { lendLines } from "../../support/lend-lines.ts";
import { recordingEntries } from "../../support/recording-entries.ts";
import { tailStand, until } from "../../support/tail-stand.ts";

let stand: ReturnType<typeof tailStand>;
beforeEach(() => {
  stand = tailStand();
});
afterEach(() => stand.remove());

function destination() {
  const out = recordingEntries();
  return {
    ...out,
    variables: { out: logsReceiver.encode(out.receiver) },
    lines: () => out.entries.map(({ line }) => line),
  };
}

function entry(labels: Record<string, string>, line: string): Entry {
  return { labels: labelSet(Object.entries(labels)), timeUnixNano: 1n, line, metadata: [] };
}

describe("local.file_match", () => {
  it("exports a target for every file, and those that come later", async () => {
    writeFileSync(stand.file("a.log"), "");
    writeFileSync(stand.file("a.gz"), "");
    const text = `path_targets = [{__path__ = "${stand.root}/*.{log,gz}", __path_exclude__ = "${stand.root}/*.gz", app = "x"}]
      sync_period = "20ms"`;
    const running = await runComponent(fileMatch, decodeArguments(fileMatch.arguments, text));
    const paths = () => running.exports().targets.map((each) => each.get("__path__"));
    await until(() => paths().length === 1);
    expect([...(running.exports().targets[0] ?? [])]).toEqual([
      ["__path__", stand.file("a.log")],
      ["app", "x"],
    ]);
    writeFileSync(stand.file("b.log"), "");
    await until(() => paths().length === 2);
    await running.stop();
  });

  it("refuses a period of nothing", () => {
    const load = () => decodeArguments(fileMatch.arguments, 'path_targets = []\nsync_period = "0s"');
    expect(load).toThrow("sync period must be greater than 0");
  });
});

describe("loki.source.file", () => {
  it("follows a glob though file_match is not enabled, and says so", async () => {
    mkdirSync(stand.file("logs"));
    writeFileSync(stand.file("logs/a.log"), "1\n");
    const { variables, lines } = destination();
    const text = `targets = [{__path__ = "${stand.root}/logs/*.log", job = "x"}]\nforward_to = [out]
      file_match { sync_period = "20ms" }`;
    const running = await runComponent(file, decodeArguments(file.arguments, text, variables));
    await until(() => lines().length === 1);
    writeFileSync(stand.file("logs/b.log"), "2\n");
    await until(() => lines().length === 2);
    await running.stop();
    expect(running.events.filter(({ name }) => name === "tail.expanded")).toHaveLength(1);
  });

  it("says of each file how far it was read, and forgets those that are followed no more", async () => {
    writeFileSync(stand.file("a.log"), "one\ntwo\nopen");
    writeFileSync(stand.file("b.log"), "1\n");
    const { variables, lines } = destination();
    const load = (...names: string[]) => {
      const targets = names.map((name) => `{__path__ = "${stand.file(name)}"}`).join(", ");
      return decodeArguments(file.arguments, `targets = [${targets}]\nforward_to = [out]`, variables);
    };
    const running = await runComponent(file, load("a.log", "b.log"));
    const values = (name: string) => {
      const points = running.metrics.snapshot().find((each) => each.name === name)?.points ?? [];
      return points.map(({ labels, value }) => [labels.path, value]);
    };
    await until(() => lines().length === 3);
    const [a, b] = [stand.file("a.log"), stand.file("b.log")];
    expect(values("loki_source_file_read_lines_total").sort()).toEqual([
      [a, 2],
      [b, 1],
    ]);
    expect(values("loki_source_file_read_bytes_total").sort()).toEqual([
      [a, 12],
      [b, 2],
    ]);
    expect(values("loki_source_file_file_bytes_total").sort()).toEqual([
      [a, 12],
      [b, 2],
    ]);
    await running.component.update(load("b.log"));
    await until(() => values("loki_source_file_read_lines_total").length === 1);
    expect(values("loki_source_file_entries_total")).toEqual([[undefined, 3 + 1]]);
    await running.stop();
  });

  it("keeps its place when the targets change and when it is started again", async () => {
    writeFileSync(stand.file("a.log"), "1\n");
    writeFileSync(stand.file("b.log"), "2\n");
    const { variables, lines } = destination();
    const load = (...names: string[]) => {
      const targets = names.map((name) => `{__path__ = "${stand.file(name)}"}`).join(", ");
      return decodeArguments(file.arguments, `targets = [${targets}]\nforward_to = [out]`, variables);
    };
    const context = { storageDir: stand.file("storage") };
    const first = await runComponent(file, load("a.log"), context);
    await until(() => lines().length === 1);
    await first.component.update(load("a.log", "b.log"));
    await until(() => lines().length === 2);
    await first.stop();
    appendFileSync(stand.file("a.log"), "3\n");
    const second = await runComponent(file, load("a.log", "b.log"), context);
    await until(() => lines().length === 3);
    await second.stop();
    expect(lines()).toEqual(["1", "2", "3"]);
  });

  it("begins again when its positions are broken, or does not run when it shall not", async () => {
    mkdirSync(stand.file("storage"));
    writeFileSync(stand.file("storage/positions.json"), "{");
    writeFileSync(stand.file("a.log"), "1\n");
    const { variables, lines } = destination();
    const text = `targets = [{__path__ = "${stand.file("a.log")}"}]\nforward_to = [out]\n`;
    const context = { storageDir: stand.file("storage") };
    const skipping = await runComponent(
      file,
      decodeArguments(file.arguments, `${text}on_positions_file_error = "skip"`, variables),
      context,
    );
    await expect(skipping.stop()).rejects.toThrow("is not a file of positions");
    const running = await runComponent(file, decodeArguments(file.arguments, text, variables), context);
    await until(() => lines().length === 1);
    await running.stop();
    expect(readFileSync(join(stand.root, "storage/positions.json"), "utf8")).toContain('"offset":2');
  });

  it.each([
    ['encoding = "klingon"', "is not known here"],
    ['decompression {\nenabled = true\nformat = "xz"\n}', "it must be one of"],
    ['file_match {\nsync_period = "0s"\n}', "sync period must be greater than 0"],
  ])("refuses %s", (text, message) => {
    const load = () => decodeArguments(file.arguments, `targets = []\nforward_to = []\n${text}`);
    expect(load).toThrow(message);
  });
});

describe("loki.process", () => {
  it("runs stages, and goes on with others without losing what it holds", async () => {
    const { variables, entries } = destination();
    const load = (stages: string) => decodeArguments(process.arguments, `forward_to = [out]\n${stages}`, variables);
    const running = await runComponent(process, load('stage.multiline {\nfirstline = "^A"\n}'));
    const { receiver } = running.exports();
    const held = receiver.consume([entry({}, "A"), entry({}, "b")]);
    await running.component.update(load('stage.static_labels {\nvalues = {x = "1"}\n}'));
    await held;
    await receiver.consume([entry({}, "c")]);
    await running.stop();
    expect(entries.map(({ line, labels }) => [line, labels.length])).toEqual([
      ["A\nb", 0],
      ["c", 1],
    ]);
  });

  it("counts what stages drop, by reason, and tells each reason once", async () => {
    const { variables } = destination();
    const text = 'forward_to = [out]\nstage.drop {\nexpression = "x"\ndrop_counter_reason = "noise"\n}';
    const running = await runComponent(process, decodeArguments(process.arguments, text, variables));
    await running.exports().receiver.consume([entry({}, "x"), entry({}, "xx")]);
    await running.stop();
    const series = running.metrics.snapshot().find(({ name }) => name === "loki_process_dropped_lines_total");
    expect(series?.points).toEqual([{ labels: { component_id: "loki.process.test", reason: "noise" }, value: 2 }]);
    expect(running.events.map(({ name }) => name)).toEqual(["entries.dropped"]);
  });

  it("cannot be built of stages that are wrong", async () => {
    const load = decodeArguments(process.arguments, "forward_to = []\nstage.json { }");
    await expect(runComponent(process, load)).rejects.toThrow(
      "invalid stage config JMES expressions or regex is required",
    );
  });
});

describe("loki.relabel", () => {
  it("relabels, and drops what loses all labels", async () => {
    const { variables, entries } = destination();
    const text = `forward_to = [out]
      rule {
        action = "labeldrop"
        regex = "secret"
      }
      rule {
        source_labels = ["a"]
        target_label = "b"
      }`;
    const running = await runComponent(relabel, decodeArguments(relabel.arguments, text, variables));
    const { receiver, rules } = running.exports();
    await receiver.consume([entry({ a: "1", secret: "2" }, "x"), entry({ secret: "2" }, "y")]);
    expect(entries).toEqual([entry({ a: "1", b: "1" }, "x")]);
    expect(rules).toHaveLength(2);
    const same = entry({ a: "1" }, "z");
    await receiver.consume([same, same]);
    const value = (wanted: string) =>
      running.metrics
        .snapshot()
        .find(({ name }) => name === wanted)
        ?.points.map((point) => point.value);
    expect([value("loki_relabel_cache_hits"), value("loki_relabel_cache_misses")]).toEqual([[1], [3]]);
    expect(value("loki_relabel_cache_size")).toEqual([3]);
    await running.component.update(decodeArguments(relabel.arguments, "forward_to = [out]", variables));
    expect(running.exports().rules).toEqual([]);
  });

  it("passes on what is lent, and lends nothing where nobody takes it", async () => {
    const { variables, entries, lending } = destination();
    const rules = `rule {
        source_labels = ["app"]
        target_label = "b"
      }
      rule {
        source_labels = ["app"]
        regex = "none"
        action = "drop"
      }`;
    const load = (receiver: EntryReceiver) =>
      decodeArguments(relabel.arguments, `forward_to = [out]\n${rules}`, { out: logsReceiver.encode(receiver) });
    const running = await runComponent(relabel, load(lending));
    await lendLines(running.exports().receiver, ["a", "b"]);
    expect(entries.map(({ line, labels }) => [line, labels.map(({ name }) => name)])).toEqual([
      ["a", ["app", "b"]],
      ["b", ["app", "b"]],
    ]);
    const written = running.metrics.snapshot().find(({ name }) => name === "loki_relabel_entries_written");
    expect(written?.points.map(({ value }) => value)).toEqual([2]);
    await running.component.update(decodeArguments(relabel.arguments, `forward_to = [out]\n${rules}`, variables));
    expect(running.exports().receiver.lend?.()).toBeUndefined();
  });

  it("refuses a rule that Prometheus refuses", () => {
    const load = () => decodeArguments(relabel.arguments, 'forward_to = []\nrule {\naction = "zap"\n}');
    expect(load).toThrow('unrecognized action type "zap"');
  });
});

describe("loki.echo", () => {
  it("tells every entry", async () => {
    const running = await runComponent(echo, {});
    await running.exports().receiver.consume([entry({ a: "1" }, "x")]);
    expect(running.events).toEqual([
      {
        name: "entry.echoed",
        fields: { labels: '{a="1"}', timestamp: "1970-01-01T00:00:00.000Z", entry: "x", structured_metadata: "{}" },
      },
    ]);
  });
});
