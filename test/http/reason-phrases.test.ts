import { STATUS_CODES } from "node:http";
import { expect, it } from "vitest";
import { reasonPhrases } from "../../shared/http/reason-phrases.ts";

it.each(Object.entries(reasonPhrases))("names the status %s as Node does", (status, phrase) => {
  expect(phrase).toBe(STATUS_CODES[status]);
});
