import { useState } from "preact/hooks";
import { counted } from "../format.ts";
import type { Line } from "./use-lines.ts";

/** Puts the lines that are shown on the clipboard, and says so. */
export function Copy({ lines }: { readonly lines: readonly Line[] }) {
  const [copied, setCopied] = useState("");
  return (
    <>
      <button
        type="button"
        disabled={lines.length === 0}
        onClick={() => {
          void navigator.clipboard.writeText(lines.map((line) => `${line.text}\n`).join("")).then(
            () => setCopied(`${counted(lines.length, "line")} copied`),
            () => setCopied("The browser did not allow it"),
          );
        }}
      >
        Copy
      </button>
      <span class="note" role="status">
        {copied}
      </span>
    </>
  );
}
