import { confirmChanges } from '../../use-cases/sims/changes/confirm-changes.ts';
import { confirmInput, createTask } from '../background/task.ts';

/**
 * Polls the operators about the SIMs of a shard that they are changing. Executions call the function by its name, which therefore
 * stays: the first release confirmed activations alone.
 */
export const handler = createTask(confirmInput, confirmChanges);
