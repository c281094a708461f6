import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { isPartnerServiceId, type OperatorId, type PartnerId, type ServiceId } from '../../domain/ids.ts';
import type { Sim } from '../../domain/sim.ts';
import { documentClient, tableName } from './client.ts';
import { itemKinds } from './item-kinds.ts';
import { SIM_SHARDS, table } from './table.ts';

/** Partitions that are counted at the same time. */
const PARTITIONS_IN_FLIGHT = 16;

const serviceFields = { partner: 'partnerServiceId', customer: 'customerServiceId' } as const satisfies Record<
  string,
  keyof Sim
>;

/**
 * The number of SIMs of some operators on a service, without terminated ones, strongly consistent. Reads all SIMs of the partner, because
 * indexes lag; DynamoDB returns only their number.
 */
export async function countSimsOfOperators(
  partnerId: PartnerId,
  serviceId: ServiceId,
  operatorIds: readonly OperatorId[],
): Promise<number> {
  const shards = Array.from({ length: SIM_SHARDS }, (_, shard) => shard);
  const counts = await pMap(shards, (shard) => countInShard(partnerId, shard, serviceId, operatorIds), {
    concurrency: PARTITIONS_IN_FLIGHT,
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

async function countInShard(
  partnerId: PartnerId,
  shard: number,
  serviceId: ServiceId,
  operatorIds: readonly OperatorId[],
): Promise<number> {
  const { partition } = itemKinds.sim.range({ partnerId, shard });
  const operators = Object.fromEntries(operatorIds.map((id, index) => [`:o${index}`, id]));
  let count = 0;
  let after: Record<string, unknown> | undefined;
  do {
    const { Count = 0, LastEvaluatedKey } = await documentClient().send(
      new QueryCommand({
        TableName: tableName(),
        Select: 'COUNT',
        ConsistentRead: true,
        KeyConditionExpression: '#pk = :pk',
        FilterExpression: `#service = :service AND #state <> :terminated AND #operator IN (${Object.keys(operators).join(', ')})`,
        ExpressionAttributeNames: {
          '#pk': table.partitionKey,
          '#service': isPartnerServiceId(serviceId) ? serviceFields.partner : serviceFields.customer,
          '#state': 'state',
          '#operator': 'operatorId',
        },
        ExpressionAttributeValues: {
          ':pk': partition,
          ':service': serviceId,
          ':terminated': 'terminated',
          ...operators,
        },
        ...(after === undefined ? {} : { ExclusiveStartKey: after }),
      }),
    );
    count += Count;
    after = LastEvaluatedKey;
  } while (after !== undefined);
  return count;
}
