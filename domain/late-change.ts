import type { OperationId, OperatorId, PartnerId } from './ids.ts';
import type { OperatorAction } from './sim-changes.ts';

/** SIMs whose change the operator did not confirm by the deadline. A later confirmation is accepted until `until`. */
export type LateChange = {
  partnerId: PartnerId;
  operationId: OperationId;
  operatorId: OperatorId;
  action: OperatorAction;
  iccids: readonly string[];
  nextAt: string;
  until: string;
};
