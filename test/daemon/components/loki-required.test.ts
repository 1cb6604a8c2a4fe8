import { describe, expect, it } from "vitest";
import { components } from "../../../daemon/components/components.ts";
import { logsReceiver } from "../../../daemon/controller/capsules.ts";
import { decodeArguments } from "../../support/components/component-stand.ts";
import { recordingEntries } from "../../support/recording-entries.ts";

/** What each component of logs must be given, in the order in which Alloy asks for it, with something that it takes. */
const required: Readonly<Record<string, readonly (readonly [name: string, value: string])[]>> = {
  "local.file_match": [["path_targets", "[]"]],
  "loki.echo": [],
  "loki.process": [["forward_to", "[out]"]],
  "loki.relabel": [["forward_to", "[out]"]],
  "loki.source.api": [["forward_to", "[out]"]],
  "loki.source.awsfirehose": [["forward_to", "[out]"]],
  "loki.source.docker": [
    ["host", '"unix:///var/run/docker.sock"'],
    ["targets", "[]"],
    ["forward_to", "[out]"],
  ],
  "loki.source.file": [
    ["targets", "[]"],
    ["forward_to", "[out]"],
  ],
  "loki.source.journal": [["forward_to", "[out]"]],
  "loki.source.kubernetes": [
    ["targets", "[]"],
    ["forward_to", "[out]"],
  ],
  "loki.source.kubernetes_events": [["forward_to", "[out]"]],
  "loki.source.syslog": [["forward_to", "[out]"]],
  "loki.write": [],
};

/** The same of stages and other blocks, in the component that they stand in. */
const inBlocks: readonly (readonly [component: string, block: string, attributes: readonly string[]])[] = [
  ["loki.write", "endpoint", ["url"]],
  ["loki.source.syslog", "listener", ["address"]],
  ["loki.process", "stage.label_drop", ["values"]],
  ["loki.process", "stage.label_keep", ["values"]],
  ["loki.process", "stage.labels", ["values"]],
  ["loki.process", "stage.limit", ["rate", "burst"]],
  ["loki.process", "stage.match", ["selector"]],
  ["loki.process", "stage.multiline", ["firstline"]],
  ["loki.process", "stage.output", ["source"]],
  ["loki.process", "stage.pack", ["labels"]],
  ["loki.process", "stage.pattern", ["pattern"]],
  ["loki.process", "stage.regex", ["expression"]],
  ["loki.process", "stage.replace", ["expression"]],
  ["loki.process", "stage.sampling", ["rate"]],
  ["loki.process", "stage.static_labels", ["values"]],
  ["loki.process", "stage.structured_metadata_drop", ["values"]],
  ["loki.process", "stage.template", ["source", "template"]],
  ["loki.process", "stage.timestamp", ["source", "format"]],
];

const variables = { out: logsReceiver.encode(recordingEntries().receiver) };

function load(component: string, text: string): unknown {
  const found = [...components.values()].find(({ name }) => name === component);
  if (found === undefined) throw new Error(`there is no ${component}`);
  return decodeArguments(found.arguments, text, variables);
}

const lines = (pairs: readonly (readonly [string, string])[]) =>
  pairs.map(([name, value]) => `${name} = ${value}`).join("\n");

describe("what components of logs must be given", () => {
  it.each(Object.entries(required))("%s asks for one after the other, and for nothing else", (component, pairs) => {
    for (const [index, [name]] of pairs.entries()) {
      expect(() => load(component, lines(pairs.slice(0, index)))).toThrow(`missing required attribute "${name}"`);
    }
    expect(() => load(component, lines(pairs))).not.toThrow();
  });

  it.each(inBlocks)("%s asks for it in %s", (component, block, attributes) => {
    const given = lines(required[component] ?? []);
    for (const [index, name] of attributes.entries()) {
      const before = attributes.slice(0, index).map((each) => `${each} = ${each === "rate" ? "1" : '"x"'}`);
      const text = `${given}\n${block} {\n${before.join("\n")}\n}`;
      expect(() => load(component, text)).toThrow(`missing required attribute "${name}"`);
    }
  });
});
