import { type ChangeRules, needsToken, refusedChange } from "../../shared/http/guard-changes.ts";
import type { HttpAnswer, HttpRequest } from "../../shared/http/message.ts";
import type { Overview } from "../../shared/overview/overview.ts";
import type { RecentLine } from "../../shared/overview/recent.ts";
import type { About } from "../about.ts";
import { apiPrefix, type Call, createApi } from "./api.ts";
import { createPageFiles } from "./page.ts";

export interface UiOptions extends Pick<About, "program" | "name" | "version"> {
  readonly rules: ChangeRules;
  overview(): Promise<Overview>;
  /** Lines of the log, oldest first; of one component where it is named. */
  lines?(component: string | undefined): readonly RecentLine[] | Promise<readonly RecentLine[]>;
  /** Whether `/api/v0/dead-letters/` answers on the same port. */
  readonly hasDeadLetters?: boolean;
  /** Further calls, by the first word of their path. */
  readonly calls?: Readonly<Record<string, Call>>;
}

/**
 * The pages and their API: answers what is theirs, undefined for every other request. `isKnown`: the port has asked whoever
 * calls for a password already.
 */
export type Ui = (request: HttpRequest, isKnown: boolean) => Promise<HttpAnswer | undefined>;

/** The pages of a deployed stage. */
export function createUi(options: UiOptions): Ui {
  const { rules, overview, lines, program, name, version } = options;
  const calls: Record<string, Call> = {
    ...options.calls,
    overview: { method: "GET", answer: overview },
    ...(lines && { log: { method: "GET", answer: (rest: string) => lines(rest === "" ? undefined : rest) } }),
    about: { method: "GET", answer: about },
  };
  const api = createApi(calls);
  const files = createPageFiles();
  return async (request, isKnown) => {
    if (request.path.startsWith(apiPrefix)) return refusedChange(request, rules, isKnown) ?? api(request);
    return files(request);
  };

  function about(): About {
    return {
      program,
      ...(name !== undefined && { name }),
      version,
      readOnly: rules.readOnly,
      needsToken: needsToken(rules),
      calls: [...Object.keys(calls), ...(options.hasDeadLetters ? ["dead-letters"] : [])],
    };
  }
}
