import { formatNumber } from "./format-number.ts";
import { type SenderRow, senderRows } from "./sender-settings.ts";
import type { Setting } from "./setting.ts";
import { settings } from "./settings.ts";

/** docs/configuration.md: every setting as a row, from the one table. */
export function settingsDocument(): string {
  const rows: readonly Setting[] = Object.values(settings);
  return `${introduction}
| environment variable | parameter | type | default | what it does |
| --- | --- | --- | --- | --- |
${rows.map(row).join("\n")}

## Of a sender

Each sender that \`SLUICE_SENDERS\` names has these below \`SLUICE_SENDER_<NAME>_\`, or below \`senders/<name>/\` in Parameter Store; so has the
sender \`default\`, whose tokens are those of \`SLUICE_SENDER_TOKENS\` ([senders.md](senders.md)).

| environment variable | parameter | type | default | what it does |
| --- | --- | --- | --- | --- |
${Object.entries(senderRows).map(senderRow).join("\n")}
${explanations}`;
}

function senderRow([key, setting]: readonly [string, SenderRow]): string {
  const env = `…_${key.toUpperCase().replaceAll("-", "_")}`;
  return row({ ...setting, env, ssm: `…/${key}` });
}

/** How a value is written, with its limits: for people. */
export function typeText({ type, choices, min, max, secret }: Omit<Setting, "env">): string {
  const text = choices ? choices.map((choice) => `\`${choice}\``).join(", ") : type;
  const least = formatNumber(type, min ?? 0);
  const limits =
    max === undefined ? (min === undefined ? "" : `, at least ${least}`) : `, ${least} to ${formatNumber(type, max)}`;
  return `${text}${limits}${secret ? ", **secret**" : ""}`;
}

function row(setting: Setting): string {
  const { env, ssm, help } = setting;
  const cells = [code(env), code(ssm), typeText(setting), code(setting.default), cell(help)];
  return `| ${cells.join(" | ")} |`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

function code(text: string | undefined): string {
  return text === undefined ? "" : `\`${text}\``;
}

const introduction = `# Configuration

<!-- Generated from shared/config/settings.ts by \`npm run docs\`; do not edit. -->

A setting is found in the environment, else in SSM Parameter Store below \`/sluice/<stage>/\`, else it has its default. Everything is
checked at once: a process that starts has a valid configuration, and one that does not says all that is wrong with it.

\`\`\`console
$ npx sluice config list --stage prod                                 # what is set, and where it comes from
$ npx sluice config put grafana-cloud/api-key --stage prod            # asks for the value without showing it
$ npx sluice config validate --stage prod                             # everything at once, with the fix
\`\`\`
`;

const explanations = `
## How values are written

- **bytes**: a whole number, or one with a unit: \`512KiB\`, \`64MiB\`, \`1GiB\` (1024), \`64MB\` (1000).
- **duration**: \`500ms\`, \`10s\`, \`5m\`, \`1h\`; a number alone is milliseconds.
- **boolean**: \`true\` or \`false\` (\`yes\`, \`no\`, \`on\`, \`off\`, \`1\`, \`0\` too).
- **list**: separated by commas.
- **url**: \`https://\`; where credentials are sent, \`http://\` is taken for loopback addresses only. A slash at the end does not matter.
- Empty text is the same as not set.
- **secret** values are kept as SecureString and never printed: not in logs, errors or \`config list\`.

## When settings change

- Functions and the daemon read the parameters at start and then every \`SLUICE_REFRESH_INTERVAL\`, without interrupting anything. A function does so
  while it handles an event; the daemon in the background, and at once on SIGHUP or \`POST /-/reload\`.
- New settings come into force as a whole. When one of them is bad, or the parameters cannot be read, the last good ones stay in
  force, the log says why (\`config.kept\`, \`config.unreadable\`), and \`sluice_config_kept_total\` counts it.
- The environment of a process cannot change, so it wins over parameters until the process is replaced. Addresses and ports are read once, at start.
- **Rotating the API key** needs no deployment: put the new token, then revoke the old one. A 401 or 403 from the destination makes a process look for
  new settings at once (at most every 30 to 60 seconds); while a new token is refused, the last one that was not is tried too.
`;
