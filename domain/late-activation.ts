import type { OperatorId } from './operator.ts';

/** SIMs whose activation the operator did not confirm by the deadline. Until `until` a later confirmation is accepted. */
export type LateActivation = {
  partnerId: string;
  operationId: string;
  operatorId: OperatorId;
  iccids: readonly string[];
  nextAt: string;
  until: string;
};
