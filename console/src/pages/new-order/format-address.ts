/** An address in one line. */
export function formatAddress(address: {
  name: string;
  lines: readonly string[];
  city: string;
  postalCode: string;
  country: string;
}): string {
  const { name, lines, city, postalCode, country } = address;
  return [name, ...lines, city, postalCode, country].filter((part) => part !== '').join(', ');
}
