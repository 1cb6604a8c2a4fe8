import { tokenize, withoutEscapes } from "./tokenize.ts";

/** Owner, bucket, time, address, requester, request ID, operation and key: S3 writes them, without blanks inside. */
const head = /^(\S+) +(\S+) +\[([^\]]*)\] +(\S+) +(\S+) +(\S+) +(\S+) +(\S+) +/;
/** Status, error, two sizes, two durations: they tell the end of the request from a quote inside of it. */
const behindRequest = / +(\d{3}|-) +([^" ]+) +(\d+|-) +(\d+|-) +(\d+|-) +(\d+|-) +(?=["-])/y;
/** Version, host ID, version of the signature: they tell the end of the user agent from a quote inside of it. */
const behindAgent = / +[^" ]+ +[^" ]+ +(?:-|SigV\w+)(?: |$)/y;
const quote = '"';

/**
 * The fields of a line of a server access log of S3. It writes request, referer and user agent as the client sent them, quotes included: where
 * they end is told by the fields of its own behind them. Undefined where the line has not this form.
 */
export function s3Fields(line: string): readonly string[] | undefined {
  const start = head.exec(line);
  if (!start) return undefined;
  const request = start[0].length;
  const requestEnd = line[request] === quote ? firstEnd(line, request) : wordEnd(line, request);
  const middle = matchAt(behindRequest, line, requestEnd);
  if (!middle) return undefined;
  const referer = requestEnd + middle[0].length;
  const refererEnd = line[referer] === quote ? line.indexOf('" ', referer + 1) + 1 : wordEnd(line, referer);
  if (refererEnd <= referer) return undefined;
  const agent = refererEnd + 1;
  const agentEnd = line[agent] === quote ? lastEnd(line, agent) : wordEnd(line, agent);
  const rest = tokenize(line.slice(agentEnd));
  if (agentEnd <= agent || !rest) return undefined;
  const sent = [line.slice(request, requestEnd), line.slice(referer, refererEnd), line.slice(agent, agentEnd)];
  const [requestText = "", refererText = "", agentText = ""] = sent.map(unquoted);
  return [...start.slice(1), requestText, ...middle.slice(1), refererText, agentText, ...rest];
}

/** Behind the first quote that what S3 writes behind a request follows: what a client sends later on cannot move it. */
function firstEnd(line: string, from: number): number {
  let at = line.indexOf(quote, from + 1);
  while (at >= 0 && !matchAt(behindRequest, line, at + 1)) at = line.indexOf(quote, at + 1);
  return at + 1;
}

/** Behind the last quote that what S3 writes behind a user agent follows; in old lines, which lack that, behind the last one. */
function lastEnd(line: string, from: number): number {
  let at = line.lastIndexOf(quote);
  while (at > from && !matchAt(behindAgent, line, at + 1)) at = line.lastIndexOf(quote, at - 1);
  const end = at > from ? at : line.lastIndexOf(quote);
  return end > from ? end + 1 : -1;
}

function wordEnd(line: string, from: number): number {
  const end = line.indexOf(" ", from);
  return end < 0 ? line.length : end;
}

function matchAt(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(line);
}

function unquoted(field: string): string {
  return field.startsWith(quote) ? withoutEscapes(field.slice(1, -1)) : field;
}
