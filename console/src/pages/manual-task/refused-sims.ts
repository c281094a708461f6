/** A SIM that the operator refused to change, and why. */
export type RefusedSim = { iccid: string; reason: string };

/** Why a pasted list cannot be read. Lines begin with 1. */
export type ListProblem = { code: 'incomplete_line'; line: number } | { code: 'named_twice'; iccid: string };

/**
 * The SIMs of a pasted list with a line `iccid,reason` for each SIM. A semicolon or a tab separates as well, as in cells copied from a
 * spreadsheet. A header row and empty lines are ignored; a reason can contain commas.
 */
export function parseRefusedSims(list: string): RefusedSim[] | ListProblem {
  const refused: RefusedSim[] = [];
  for (const [index, line] of list.split(/\r?\n/).entries()) {
    if (line.trim() === '' || (index === 0 && /^"?iccid"?\s*[,;\t]/i.test(line.trim()))) {
      continue;
    }
    const [, iccid, reason] = /^\s*"?([^",;\t]+?)"?\s*[,;\t]\s*"?(.*?)"?\s*$/.exec(line) ?? [];
    if (!iccid || !reason) {
      return { code: 'incomplete_line', line: index + 1 };
    }
    refused.push({ iccid, reason });
  }
  return refused;
}

/** All refused SIMs: the selected ones with their common reason, and those of the pasted list. No SIM is named twice. */
export function refusedSims(
  selected: readonly { iccid: string }[],
  reason: string,
  list: string,
): RefusedSim[] | ListProblem {
  const pasted = parseRefusedSims(list);
  if (!Array.isArray(pasted)) {
    return pasted;
  }
  const all = [...selected.map(({ iccid }) => ({ iccid, reason: reason.trim() })), ...pasted];
  const seen = new Set<string>();
  for (const { iccid } of all) {
    if (seen.has(iccid)) {
      return { code: 'named_twice', iccid };
    }
    seen.add(iccid);
  }
  return all;
}
