import { describe, expect, it } from "vitest";
import { blockChanges } from "../../../daemon/pipeline/block-changes.ts";
import { createSource } from "../../../shared/alloy/source.ts";

const changes = (before: string, after: string) =>
  blockChanges([createSource("c", before)], [createSource("c", after)]).map(
    ({ id, what, fields }) => `${what} ${id} ${fields.join(",")}`,
  );

describe("blockChanges()", () => {
  it.each([
    ['a.b "c" { x = 1 }', '  a.b "c" {\n x   = 1 }', []],
    ["", 'a.b "c" { }', ["added a.b.c "]],
    ['a.b "c" { }', "", ["removed a.b.c "]],
    ['a.b "c" { x = 1 }', 'a.b "c" {\n x = 2\n y = 3\n}', ["changed a.b.c x,y"]],
    ['a.b "c" { d { e { x = "s1" } } }', 'a.b "c" { d { e { x = "s2" } } }', ["changed a.b.c d > e > x"]],
    ['a.b "c" { d { } }', 'a.b "c" { d { }\n d { } }', ["changed a.b.c d"]],
    ['a.b "c" { x = 1', 'a.b "c" { x = 1 }', ["added a.b.c "]],
  ])("of %j to %j are %j", (before, after, told) => {
    expect(changes(before, after)).toEqual(told);
  });
});
