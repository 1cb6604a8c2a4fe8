/** The head of a table: columns of text, and behind them columns of numbers. */
export function Heads({ texts, numbers }: { readonly texts: readonly string[]; readonly numbers: readonly string[] }) {
  return (
    <thead>
      <tr>
        {texts.map((title) => (
          <th key={title} scope="col">
            {title}
          </th>
        ))}
        {numbers.map((title) => (
          <th key={title} scope="col" class="number">
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}
