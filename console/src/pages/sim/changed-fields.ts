type Fields = Readonly<Record<string, string>>;

/** The fields that a form changed, as the API takes them: `null` removes an emptied one. Undefined when none was changed. */
export function changedFields(before: Fields, after: Fields): Record<string, string | null> | undefined {
  const changes = Object.entries(after).flatMap(([name, typed]) => {
    const text = typed.trim();
    return text === (before[name] ?? '') ? [] : [[name, text === '' ? null : text]];
  });
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}
