import { useEffect, useState } from "preact/hooks";
import type { LetterObject } from "../../../shared/dead-letters/object-letter.ts";
import type { DeadLetterEntry } from "../../../shared/dead-letters/report.ts";
import type { ShownContent, ShownDeadLetters } from "../../../shared/dead-letters/show.ts";
import { post } from "../ask.ts";
import { bytesText, counted, momentText, spanText } from "../format.ts";
import { recordsOf } from "./records.ts";

const maxRecords = 200;

/** One dead letter, decoded: why it is here, how old its data is, and which record is at fault. */
export function Letter({ letter, now }: { readonly letter: DeadLetterEntry; readonly now: number }) {
  const [content, setContent] = useState<ShownContent | string>();
  useEffect(() => {
    setContent(undefined);
    post<ShownDeadLetters>("dead-letters/show", { ids: [letter.id] }).then(
      ({ contents }) => setContent(contents[letter.id] ?? "It is no longer here, or another command looks at it."),
      (error: Error) => setContent(error.message),
    );
  }, [letter.id]);
  return (
    <article class="letter" aria-label={`Dead letter ${letter.id}`}>
      <p class="said">{letter.message || "The destination gave no reason."}</p>
      <dl>
        <Fact name="Reason" text={`${letter.reason}${letter.status === undefined ? "" : `, HTTP ${letter.status}`}`} />
        {letter.object ? (
          <Fact name="Object" text={objectText(letter.object)} />
        ) : (
          <Fact name="Content" text={`${counted(letter.items, "item")}, ${bytesText(letter.bytes)}`} />
        )}
        <Fact name="Age of the data" text={ageText(letter, now)} />
        {letter.stale && <Fact name="When replayed" text={staleText(letter)} />}
        <Fact
          name="Tried"
          text={`${counted(letter.attempts ?? 0, "time")}, replayed ${counted(letter.replays, "time")}`}
        />
        <Fact name="Id" text={letter.id} />
      </dl>
      <Content letter={letter} content={content} />
    </article>
  );
}

function Fact({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

function Content({
  letter,
  content,
}: {
  readonly letter: DeadLetterEntry;
  readonly content: ShownContent | string | undefined;
}) {
  if (content === undefined) return <p class="empty">Looking into it…</p>;
  if (typeof content === "string") return <p class="banner warn">{content}</p>;
  if (!("content" in content)) {
    return (
      <>
        <p class="banner warn">It cannot be decoded: {content.why}</p>
        {"raw" in content && <pre class="raw">{content.raw.slice(0, 4000)}</pre>}
      </>
    );
  }
  if (letter.object) return <pre class="raw">{JSON.stringify(content.content, null, 2)}</pre>;
  const records = recordsOf(letter, content.content);
  const refused = records.filter(({ isRefused }) => isRefused).length;
  return (
    <>
      <p class="note">
        {refused > 0 ? "What was refused is marked." : "They were refused together; the answer names none of them."}
      </p>
      <ol class="records">
        {records.slice(0, maxRecords).map(({ text, isRefused }, index) => (
          <li key={index} class={isRefused ? "refused" : ""}>
            {isRefused && <span class="mark">refused</span>}
            <span>{text}</span>
          </li>
        ))}
      </ol>
      {records.length > maxRecords && <p class="note">…and {counted(records.length - maxRecords, "more record")}</p>}
    </>
  );
}

function objectText({ bucket, key, versionId, offset, until }: LetterObject): string {
  const version = versionId === undefined ? "" : `, version ${versionId}`;
  return `s3://${bucket}/${key}${version}, inflated bytes ${offset} to ${until ?? "the end"}`;
}

function ageText({ oldestAt, newestAt }: DeadLetterEntry, now: number): string {
  if (oldestAt === undefined || newestAt === undefined) return "it has no time";
  const [oldest, newest] = [spanText((now - oldestAt) / 1000), spanText((now - newestAt) / 1000)];
  const from = oldest === newest ? `${oldest} old` : `${newest} to ${oldest} old`;
  return `${from}, from ${momentText(oldestAt)}`;
}

function staleText({ stale }: DeadLetterEntry): string {
  const words = {
    refused: "will probably be refused",
    partly: "will probably be refused in part",
    maybe: "may be refused",
  };
  return stale ? `${words[stale.verdict]}: ${stale.reason}` : "";
}
