/** `troubled`: its last calls were not answered, or it was down and this call looks whether it is back. */
export type CircuitState = 'closed' | 'halfOpen' | 'open';

/** What keeps the functions, however many run at once, from asking an operator more than it takes. */
export type OperatorTraffic = {
  /**
   * Takes one of the calls that an operator takes in a second of real time.
   *
   * @returns false when all are taken.
   */
  acquire(operatorId: string, second: number, perSecond: number): Promise<boolean>;
  /** How an operator is doing. One that is down is not to be called. */
  circuitState(operatorId: string): Promise<CircuitState>;
  /** Keeps that an operator answered after it had not, or that it did not, however often it was tried. */
  recordOutcome(operatorId: string, answered: boolean): Promise<void>;
};

/** Operators of which nothing is known, and that take any number of calls. */
export const unlimitedTraffic: OperatorTraffic = {
  acquire: async () => true,
  circuitState: async () => 'closed',
  recordOutcome: async () => undefined,
};
