/** The ids that a list does not have, each once. Until the list was read, none is known to be missing. */
export function missingIds(
  ids: readonly (string | undefined)[],
  listed: readonly { id: string }[] | undefined,
): string[] {
  const known = new Set(listed?.map(({ id }) => id));
  return listed ? [...new Set(ids)].filter((id): id is string => id !== undefined && !known.has(id)) : [];
}
