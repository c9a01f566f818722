/** A country's flag, or a globe for a region. It says nothing that the name beside it does not say. */
export function Flag({
  iso2,
  size = 40,
  isLazy = true,
}: {
  iso2: string | null;
  size?: number;
  isLazy?: boolean;
}) {
  const file = iso2 === null ? "globe" : iso2.toLowerCase();
  return (
    <img
      class="flag"
      src={`/flags/${file}.svg`}
      width={size}
      height={size}
      alt=""
      loading={isLazy ? "lazy" : "eager"}
      decoding="async"
    />
  );
}
