import type { Clock } from "../../../shared/clock.ts";
import { parseXml, type XmlElement, xmlText } from "../../../shared/discovery/xml.ts";
import { type AwsAccess, AwsCallError, maxPages, openAwsService } from "./aws-service.ts";

/** The API of EC2. */
export interface Ec2Calls {
  readonly region: string;
  /** One call; throws with what AWS says. */
  call(form: URLSearchParams, signal: AbortSignal): Promise<XmlElement>;
  /** All pages of one, in turn; `form` makes that of a token. */
  pages(form: (next: string) => URLSearchParams, signal: AbortSignal): AsyncIterable<XmlElement>;
  close(): void;
}

/** Opens it with the access of a component. */
export function openEc2(given: AwsAccess, clock: Clock): Ec2Calls {
  const { region, post, close } = openAwsService("ec2", given, clock);

  async function call(form: URLSearchParams, signal: AbortSignal): Promise<XmlElement> {
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const answer = await post(headers, String(form), signal);
    const parsed = parseXml(new TextDecoder().decode(answer.body));
    if (answer.status === 200 && parsed) return parsed;
    const message = xmlText(parsed, "Errors/Error/Message") ?? "";
    const code = xmlText(parsed, "Errors/Error/Code") ?? "";
    throw new AwsCallError(code, `${answer.status} ${code} ${message}`.trim());
  }

  return {
    region,
    call,
    async *pages(form, signal) {
      let next = "";
      for (let page = 0; page < maxPages; page += 1) {
        const answer = await call(form(next), signal);
        yield answer;
        next = xmlText(answer, "nextToken") ?? "";
        if (next === "") return;
      }
    },
    close,
  };
}
