import type { OperationId, OperatorId, PartnerId } from './ids.ts';

/** SIMs whose activation the operator did not confirm by the deadline. A later confirmation is accepted until `until`. */
export type LateActivation = {
  partnerId: PartnerId;
  operationId: OperationId;
  operatorId: OperatorId;
  iccids: readonly string[];
  nextAt: string;
  until: string;
};
