import { ApiProblem } from '../../api/api-problem.ts';
import { type Selection, toSelect } from './selection.ts';

/** A problem whose messages about places in the list of ICCIDs name the ICCIDs. Other problems stay as they are. */
export function namingIccids(error: unknown, selection: Selection): unknown {
  const select = toSelect(selection);
  if (!(error instanceof ApiProblem) || !('iccids' in select)) {
    return error;
  }
  const errors = error.errors.map(({ pointer, code, message }) => {
    const place = /^\/select\/iccids\/(\d+)$/.exec(pointer)?.[1];
    const iccid = place === undefined ? undefined : select.iccids[Number(place)];
    return { pointer, code, message: iccid === undefined ? message : `${iccid}: ${message}` };
  });
  return new ApiProblem(error.status, { detail: error.message, errors, instance: error.requestId });
}
