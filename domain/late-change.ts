import type { OperationId, OperatorId, PartnerId } from './ids.ts';
import type { OperatorAction } from './sim-changes.ts';

/** SIMs whose change the operator did not confirm by the deadline. A later confirmation is accepted until `until`. */
export type LateChange = {
  partnerId: PartnerId;
  operationId: OperationId;
  operatorId: OperatorId;
  action: OperatorAction;
  /** The page of the operation that the SIMs are in. */
  page: number;
  iccids: readonly string[];
  nextAt: string;
  until: string;
};
