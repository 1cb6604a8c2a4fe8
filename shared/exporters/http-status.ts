/**
 * What an HTTP status is about. `content`: the data itself. `too-large`: its size. `operator`: credentials, address or protocol. `throttled`:
 * how much is sent. `passing`: the way or the server, whoever says so (a proxy, a CDN, a load balancer), and whatever is unknown.
 */
export type StatusMeaning = "success" | "content" | "too-large" | "operator" | "throttled" | "passing";

const content = new Set([400, 422]);
/** No other data, and no later time, would be answered differently: somebody must change the settings or the account. */
const operator = new Set([401, 402, 403, 404, 405, 406, 407, 410, 411, 415, 501, 505, 511]);

/**
 * Data is refused only by a status about content (docs/decisions/0042). A record behind any other status is found by its neighbours,
 * which are delivered.
 */
export function meaningOf(status: number): StatusMeaning {
  if (status >= 200 && status < 300) return "success";
  if (content.has(status)) return "content";
  if (status === 413) return "too-large";
  if (status === 429) return "throttled";
  return status < 400 || operator.has(status) ? "operator" : "passing";
}
