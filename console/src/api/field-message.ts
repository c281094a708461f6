/** Names that are abbreviations, also of several things. */
const abbreviation = /\b(iccid|imsi|msisdn|imei|eid|url)(?=s?\b)/g;

/**
 * A message of the API as the console shows it. The API begins many with the name of a field in the request,
 * `deliveryAddress.postalCode must …`, which becomes the field in words: `Postal code must …`.
 */
export function fieldMessage(message: string): string {
  return message.replace(/^[a-z]\w*(?:\.\w+|\[\d+\])*(?=:| (?:must|is|has|needs)\b)/, inWords);
}

/** The last part of a path in words; an item of a list has its number. */
function inWords(path: string): string {
  const [, name = path, index] = /(\w+)(?:\[(\d+)\])?$/.exec(path) ?? [];
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(abbreviation, (found) => found.toUpperCase());
  const capitalised = words.charAt(0).toUpperCase() + words.slice(1);
  return index === undefined ? capitalised : `${capitalised}, item ${Number(index) + 1},`;
}
