import type { OperatorId } from '../../domain/ids.ts';
/**
 * The state of an operator's circuit breaker. `open`: do not call it. `halfOpen`: its last calls failed, or this call probes it after
 * the pause; record the outcome either way. `closed`: record failures only.
 */
export type CircuitState = 'closed' | 'halfOpen' | 'open';

/** Rate limits and circuit breakers of operators, shared by all functions. */
export type OperatorTraffic = {
  /**
   * Acquires one of the calls that an operator accepts in a second of real time.
   *
   * @returns false when the limit is reached.
   */
  acquire(operatorId: OperatorId, second: number, perSecond: number): Promise<boolean>;
  /** Whether an operator may be called. */
  circuitState(operatorId: OperatorId): Promise<CircuitState>;
  /** Records whether an operator answered a call, after all retries. */
  recordOutcome(operatorId: OperatorId, answered: boolean): Promise<void>;
};

/** No rate limits and no circuit breakers. */
export const unlimitedTraffic: OperatorTraffic = {
  acquire: async () => true,
  circuitState: async () => 'closed',
  recordOutcome: async () => undefined,
};
