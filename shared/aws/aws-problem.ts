import { noAnswer } from "./aws-call.ts";

/** What was tried, in AWS's own words: an IAM action and the resource it needs. */
export interface AwsCall {
  readonly action: string;
  readonly resource: string;
}

const codes = {
  denied: ["AccessDeniedException", "AccessDenied", "AuthorizationError", "UnauthorizedOperation"],
  credentials: [
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
    "MissingAuthenticationTokenException",
  ],
  absent: ["CredentialsProviderError"],
  throttled: ["ThrottlingException", "Throttling", "TooManyUpdates", "RequestThrottled", "RequestLimitExceeded"],
  unreachable: [
    "TimeoutError",
    "AbortError",
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ETIMEDOUT",
    noAnswer,
  ],
  noQueue: ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"],
} as const;

/** An error of the AWS SDK as a sentence for a person: what failed, and what to do. Holds no request data. */
export function awsProblem(error: unknown, { action, resource }: AwsCall): string {
  const { code, message } = read(error);
  const is = (kind: keyof typeof codes) => (codes[kind] as readonly string[]).includes(code);
  const denied = /kms:Decrypt/i.test(message) ? "kms:Decrypt on the key of the parameter" : `${action} on ${resource}`;
  if (is("denied")) return `AWS refused ${denied}: allow it in the policy of the role or user in use.`;
  if (is("credentials")) return `AWS does not accept the credentials (${code}): sign in again, or check AWS_PROFILE.`;
  if (is("absent"))
    return "No AWS credentials were found: set AWS_PROFILE, sign in with `aws sso login`, or give the task, pod or instance a role.";
  if (message.includes("Region is missing")) return "No AWS region is set: set AWS_REGION, such as eu-west-1.";
  if (is("throttled")) return `AWS throttled ${action}: it works again in a moment.`;
  if (is("unreachable"))
    return `Could not reach AWS for ${action} (${code === noAnswer ? message : code}): check the network and AWS_ENDPOINT_URL.`;
  if (is("noQueue")) return `There is no ${resource}: check the URL and the region.`;
  return `${action} on ${resource} failed: ${code}${message && message !== code ? `, ${message.slice(0, 300)}` : ""}`;
}

/** Whether AWS says that a queue does not exist. */
export function isNoQueue(error: unknown): boolean {
  return (codes.noQueue as readonly string[]).includes(read(error).code);
}

function read(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: "unknown error", message: String(error) };
  // The network's errors have plain names (`AggregateError` where a host has several addresses) and a telling code.
  const network = "code" in error && typeof error.code === "string" && /^E[A-Z_]+$/.test(error.code);
  return { code: network ? String(error.code) : error.name, message: error.message };
}
