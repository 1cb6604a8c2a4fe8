/** How much of a limit is used. */
export function Bar({ used, of, label }: { readonly used: number; readonly of: number; readonly label: string }) {
  const share = of > 0 ? Math.min(1, used / of) : 0;
  const tone = share > 0.9 ? "bad" : share > 0.7 ? "warn" : "good";
  return (
    <svg class={`bar ${tone}`} viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect class="track" width="100" height="6" rx="3" />
      <rect class="used" width={Math.max(share * 100, share > 0 ? 1 : 0)} height="6" rx="3" />
    </svg>
  );
}
