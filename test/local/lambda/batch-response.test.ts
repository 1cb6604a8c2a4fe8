import { describe, expect, it } from "vitest";
import { failuresOf } from "../../../local/lambda/batch-response.ts";

const ids = new Set(["a", "b"]);

describe("failuresOf()", () => {
  it.each([
    ["nothing", undefined],
    ["null", null],
    ["an empty answer", {}],
    ["a null list", { batchItemFailures: null }],
    ["an empty list", { batchItemFailures: [] }],
  ])("takes %s as success of the whole batch", (_, response) => {
    expect(failuresOf(response, ids)).toEqual(new Set());
  });

  it("reads the messages that failed", () => {
    expect(failuresOf({ batchItemFailures: [{ itemIdentifier: "b" }] }, ids)).toEqual(new Set(["b"]));
  });

  it.each([
    ["text", "ok"],
    ["a list that is none", { batchItemFailures: "a" }],
    ["an empty identifier", { batchItemFailures: [{ itemIdentifier: "" }] }],
    ["a null identifier", { batchItemFailures: [{ itemIdentifier: null }] }],
    ["a misnamed identifier", { batchItemFailures: [{ messageId: "a" }] }],
    ["an unknown identifier", { batchItemFailures: [{ itemIdentifier: "a" }, { itemIdentifier: "c" }] }],
    ["a null failure", { batchItemFailures: [null] }],
  ])("takes %s as failure of the whole batch", (_, response) => {
    expect(failuresOf(response, ids)).toBe("all");
  });
});
