import { settingsDocument } from "../../shared/config/document.ts";
import { telemetryDocument } from "../../shared/telemetry/document.ts";
import type { Command } from "../command.ts";
import { loadCommands } from "../commands.ts";
import { commandHelp, overview } from "./help.ts";

/** The pages that are written by `npm run docs`: path in the repository → text. */
export async function generatedDocuments(): Promise<Readonly<Record<string, string>>> {
  return {
    "docs/configuration.md": settingsDocument(),
    "docs/telemetry.md": telemetryDocument(),
    "docs/cli.md": cliDocument(await loadCommands()),
  };
}

function cliDocument(commands: readonly Command[]): string {
  const sections = commands.map((command) => `## ${command.name}\n\n${block(commandHelp(command))}`);
  return `${introduction}\n${block(overview(commands))}\n${sections.join("\n")}`;
}

function block(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\`\n`;
}

const introduction = `# The command line

<!-- Generated from cli/ by \`npm run docs\`; do not edit. -->

\`npx sluice\` in a checkout, after \`npm ci\`, on any Node: it runs itself with the Node that the repository pins. AWS is found as in all
of AWS's tools: \`AWS_REGION\`, \`AWS_PROFILE\`, and \`AWS_ENDPOINT_URL\` for one that is not AWS.
`;
