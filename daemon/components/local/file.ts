import { type FSWatcher, watch } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { attribute, type DecodedBy, required, table } from "../../../shared/alloy/arguments.ts";
import { bool } from "../../../shared/alloy/plain-types.ts";
import { textOfBytes } from "../../../shared/alloy/text.ts";
import { duration, oneOf, optionalSecret, string } from "../../../shared/alloy/text-types.ts";
import { errorText } from "../../../shared/error-text.ts";
import { type Secret, secret } from "../../../shared/secret.ts";
import { defineComponent } from "../../controller/component.ts";

const args = table(
  {
    filename: required(string),
    detector: attribute(oneOf(["fsnotify", "poll"]), {
      default: "fsnotify",
      help: "How a change is seen. With `fsnotify` the file is looked at every `poll_frequency` as well.",
    }),
    poll_frequency: attribute(duration, { default: 60_000 }),
    is_secret: attribute(bool, { help: "Whether the content is a secret." }),
  },
  {
    validate: ({ poll_frequency: frequency }) => (frequency <= 0 ? "poll_frequency must be greater than 0" : undefined),
  },
);

type Arguments = DecodedBy<typeof args>;

const maxBytes = 16 * 2 ** 20;
/** A file that is being written changes several times: it is read once it has been quiet for so long. */
const quietMs = 50;

/** local.file: what a file holds, read again when it changes. A later failure makes it unhealthy and keeps the last content. */
export const file = defineComponent({
  name: "local.file",
  stability: "generally-available",
  arguments: args,
  exports: { content: optionalSecret },
  async build(given, { clock, setExports, setHealth }) {
    let current = given;
    let wake = new AbortController();
    return {
      exports: { content: await read(given) },
      async run(abort) {
        while (!abort.aborted) {
          wake = new AbortController();
          const watcher = current.detector === "fsnotify" ? watchFile(current.filename, () => wake.abort()) : undefined;
          await clock.sleep(current.poll_frequency, AbortSignal.any([abort, wake.signal]));
          watcher?.close();
          if (abort.aborted) return;
          await clock.sleep(quietMs, abort);
          try {
            setExports({ content: await read(current) });
            setHealth("healthy", "read file");
          } catch (error) {
            setHealth("unhealthy", errorText(error));
          }
        }
      },
      async update(next) {
        setExports({ content: await read(next) });
        current = next;
        wake.abort();
      },
    };
  },
});

async function read({ filename, is_secret: isSecret }: Arguments): Promise<string | Secret> {
  try {
    const { size } = await stat(filename);
    if (size > maxBytes) throw new Error(`it has ${size} bytes; at most ${maxBytes} are read`);
    const text = textOfBytes(await readFile(filename));
    return isSecret ? secret(text) : text;
  } catch (error) {
    throw new Error(`failed to read file ${filename}: ${errorText(error)}`);
  }
}

/** Watches the directory: editors and Kubernetes put another file in the place of the old one. */
function watchFile(filename: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(filename), onChange);
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
