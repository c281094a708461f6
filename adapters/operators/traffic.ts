import type { OperatorId } from '../../domain/ids.ts';
import type { OperatorLimits, Turn, TurnRequest } from '../../domain/operator-turns.ts';

/**
 * The state of an operator's circuit breaker. `open`: do not call it. `halfOpen`: its last calls failed, or this call probes it after
 * the pause; record the outcome either way. `closed`: record failures only.
 */
export type CircuitState = 'closed' | 'halfOpen' | 'open';

/** A turn, or how long to wait before the next request. */
export type TurnAnswer = { turn: Turn } | { waitMs: number };

/** Turns and circuit breakers of operators, shared by all functions. */
export type OperatorTraffic = {
  /** Requests the right to call an operator with limits; see `takeTurn` in `domain/operator-turns.ts`. */
  takeTurn(operatorId: OperatorId, limits: OperatorLimits, request: TurnRequest): Promise<TurnAnswer>;
  /** Ends a turn. `unused`: how many of its last calls were not made. */
  endTurn(operatorId: OperatorId, limits: OperatorLimits, holder: string, unused: number): Promise<void>;
  /** Makes everybody wait, because the operator has received too many calls; longer each time unless it `tookCalls` in this turn. */
  pauseCalls(operatorId: OperatorId, ms: number, tookCalls: boolean): Promise<void>;
  /** Whether an operator may be called. */
  circuitState(operatorId: OperatorId): Promise<CircuitState>;
  /** Records whether an operator answered a call, after all retries. */
  recordOutcome(operatorId: OperatorId, answered: boolean): Promise<void>;
  /** Since when an operator has answered no call; now, if this is the first one without an answer. */
  silentSince(operatorId: OperatorId): Promise<Date>;
};
