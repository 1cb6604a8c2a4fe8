import { createDeadLettersPages, type DeadLettersPages } from "../../../daemon/admin/dead-letters.ts";
import type { OwnStorage } from "../../../daemon/egress/open-storage.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { secret } from "../../../shared/secret.ts";

/** The dead letters on an admin port; of no storage path, and on loopback, unless said otherwise. */
export function deadLetterPages({
  own,
  boundTo = "127.0.0.1",
  tokens = [],
  readOnly = false,
}: {
  own?: OwnStorage;
  boundTo?: string;
  tokens?: readonly string[];
  readOnly?: boolean;
} = {}): DeadLettersPages {
  const secrets = tokens.map((token) => secret(token));
  return createDeadLettersPages({
    own,
    rules: { boundTo, readOnly, tokens: () => secrets },
    clock: systemClock,
    emit: () => {},
  });
}
