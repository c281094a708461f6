import { account, region } from '../template/identity.ts';
import type { Parts } from '../template/parts.ts';
import type { Directory } from './calls.ts';

/** Builds the directory of the template's tables and secrets. */
export function directoryOf({ tables, secrets }: Parts): Directory {
  const partitionKey = (keys: Parts['tables'][number]['keys']) =>
    keys.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
  return {
    region,
    account,
    tables: Object.fromEntries(
      tables.map(({ name, keys, globalIndexes, localIndexes }) => [
        name,
        {
          partitionKey: partitionKey(keys),
          indexes: Object.fromEntries(
            [...globalIndexes, ...localIndexes].map(({ IndexName, KeySchema }) => [IndexName, partitionKey(KeySchema)]),
          ),
        },
      ]),
    ),
    secrets: Object.fromEntries(secrets.map(({ name, arn }) => [name, arn])),
  };
}
