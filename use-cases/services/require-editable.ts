import { editProblem, type PartnerService } from '../../domain/service.ts';
import { Refusal } from '../refusal.ts';

/** @throws Refusal `holding_service` */
export function requireEditable(service: PartnerService): void {
  const problem = editProblem(service);
  if (problem) {
    throw new Refusal(problem.code, problem.detail);
  }
}
