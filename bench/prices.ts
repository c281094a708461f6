/**
 * What AWS asks, in US dollars, in us-east-1 (looked up in November 2025): other regions ask up to a third more.
 * https://aws.amazon.com/dynamodb/pricing/on-demand/, https://aws.amazon.com/step-functions/pricing/ (standard
 * workflows), https://aws.amazon.com/lambda/pricing/ (arm64)
 */
export const prices = {
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  stateTransition: 25 / 1e6,
  invocation: 0.2 / 1e6,
  gbSecond: 0.0000133334,
} as const;
