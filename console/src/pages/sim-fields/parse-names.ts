/** The names of fields as they are typed: one a line, without empty lines. */
export function parseNames(typed: string): string[] {
  return typed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
