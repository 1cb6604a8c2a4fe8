import { describe, expect, test } from "vitest";
import { awsProblem } from "../../shared/aws/aws-problem.ts";

function named(name: string, message = name, code?: string): Error {
  return Object.assign(new Error(message), { name }, code === undefined ? {} : { code });
}

describe("awsProblem()", () => {
  test.each([
    [named("AccessDeniedException"), "AWS refused sqs:SendMessage on queue q: allow it"],
    [named("ExpiredTokenException"), "AWS does not accept the credentials (ExpiredTokenException)"],
    [
      named("CredentialsProviderError", "Could not load credentials from any providers"),
      "No AWS credentials were found",
    ],
    [named("Error", "Region is missing"), "No AWS region is set: set AWS_REGION"],
    [named("ThrottlingException"), "AWS throttled sqs:SendMessage"],
    [named("TimeoutError"), "Could not reach AWS for sqs:SendMessage (TimeoutError)"],
    [named("Error", "getaddrinfo ENOTFOUND x", "ENOTFOUND"), "Could not reach AWS for sqs:SendMessage (ENOTFOUND)"],
    [named("AggregateError", "", "ECONNREFUSED"), "Could not reach AWS for sqs:SendMessage (ECONNREFUSED)"],
    [named("QueueDoesNotExist"), "There is no queue q: check the URL and the region."],
    [named("Surprise", "something"), "sqs:SendMessage on queue q failed: Surprise, something"],
    ["a string", "sqs:SendMessage on queue q failed: unknown error, a string"],
  ])("says what %s means", (error, sentence) => {
    expect(awsProblem(error, { action: "sqs:SendMessage", resource: "queue q" })).toContain(sentence);
  });

  test("bounds what others wrote", () => {
    const problem = awsProblem(named("Surprise", "x".repeat(5_000)), { action: "a", resource: "r" });
    expect(problem.length).toBeLessThan(400);
  });
});
