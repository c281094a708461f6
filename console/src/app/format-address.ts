type Address = {
  name: string;
  lines: readonly string[];
  city: string;
  postalCode?: string | undefined;
  country: string;
};

/** The lines of an address, as on a parcel. Some countries have no postal codes. */
export function addressLines({ name, lines, city, postalCode, country }: Address): string[] {
  return [name, ...lines, [city, postalCode].filter(Boolean).join(' '), country].filter((line) => line !== '');
}

/** An address in one line. */
export function formatAddress(address: Address): string {
  return addressLines(address).join(', ');
}
