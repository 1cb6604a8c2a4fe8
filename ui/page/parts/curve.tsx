/** A small curve of the last minutes, for the eye only: the numbers stand beside it. */
export function Curve({
  values,
  width = 96,
  height = 22,
}: {
  readonly values: readonly number[];
  readonly width?: number;
  readonly height?: number;
}) {
  const top = Math.max(...values, 1e-9);
  const step = width / Math.max(values.length - 1, 1);
  const at = (value: number) => (height - 2 - (value / top) * (height - 4)).toFixed(1);
  const line = values
    .map((value, index) => `${index === 0 ? "M" : "L"}${(index * step).toFixed(1)} ${at(value)}`)
    .join("");
  return (
    <svg class="curve" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {values.length > 1 && <path class="area" d={`${line}L${width} ${height}L0 ${height}Z`} />}
      {values.length > 1 && <path class="line" d={line} />}
    </svg>
  );
}
