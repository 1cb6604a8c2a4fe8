/** What a sender is told that is over a limit of its own. */
export function limitText(limit: string): string {
  return `${texts[limit] ?? "This sender is over its limit"}: send it again later.`;
}

const texts: Readonly<Record<string, string>> = {
  bytes: "This sender is over its bytes per second",
  items: "This sender is over its items per second",
  share: "This sender has too much in flight",
};
