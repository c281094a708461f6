import { changeSimFieldNames, getSimFieldNames } from '../../adapters/dynamodb/sim-field-names.ts';
import type { PartnerId } from '../../domain/ids.ts';
import {
  type FieldsChange,
  renameFields,
  repeatedNames,
  type SimFieldNames,
  unknownFieldMessage,
  unknownFields,
} from '../../domain/sim-fields.ts';
import { isUnchanged } from '../is-unchanged.ts';
import { escapePointer, type InputError, invalidInput } from '../refusal.ts';

/** The names of the fields of a partner's SIMs. */
export const readSimFieldNames = (partnerId: PartnerId): Promise<SimFieldNames> => getSimFieldNames(partnerId);

/**
 * Replaces the names of the fields of a partner's SIMs. SIMs keep their texts under a removed name until these are removed.
 *
 * @param precondition receives the current names. Throws to prevent the write.
 * @throws Refusal `invalid_input` for names that occur twice
 */
export async function saveSimFieldNames(
  partnerId: PartnerId,
  names: readonly string[],
  precondition: (before: SimFieldNames) => void,
): Promise<{ before: SimFieldNames; after: SimFieldNames }> {
  const [repeated] = repeatedNames(names);
  if (repeated !== undefined) {
    const message = `names has ${JSON.stringify(repeated)} more than once. Upper and lower case do not matter.`;
    throw invalidInput([{ pointer: `/names/${names.lastIndexOf(repeated)}`, code: 'duplicate', message }]);
  }
  return changeSimFieldNames(partnerId, (before) => {
    precondition(before);
    return isUnchanged(before, { names: [...names] }) ? undefined : renameFields(before, names);
  });
}

/** The maximum number of unknown names that a response lists. */
const MAX_NAME_ERRORS = 10;

/**
 * Checks that the partner has the fields that a request changes. A request without fields reads nothing.
 *
 * @param pointerOf the JSON pointer of a field in the request.
 * @throws Refusal `invalid_input` that names the fields that the partner has
 */
export async function requireKnownFields(
  partnerId: PartnerId,
  change: FieldsChange | null | undefined,
  pointerOf: (name: string) => string = (name) => `/fields/${escapePointer(name)}`,
): Promise<void> {
  if (!change || Object.keys(change).length === 0) {
    return;
  }
  const known = await getSimFieldNames(partnerId);
  const errors = unknownFields(known, change).map((name): InputError => {
    const shown = name.slice(0, 100);
    return { pointer: pointerOf(shown), code: 'unknown_field', message: unknownFieldMessage(shown, known) };
  });
  if (errors.length > 0) {
    throw invalidInput(errors.slice(0, MAX_NAME_ERRORS));
  }
}
