import type { OperatorId } from './operator.ts';

/** SIMs whose activation the operator did not confirm by the deadline. A later confirmation is accepted until `until`. */
export type LateActivation = {
  partnerId: string;
  operationId: string;
  operatorId: OperatorId;
  iccids: readonly string[];
  nextAt: string;
  until: string;
};
