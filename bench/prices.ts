/**
 * What AWS asks in us-east-1, in US dollars, before free tiers and discounts. Other regions ask otherwise, and prices
 * change: compare with https://aws.amazon.com/dynamodb/pricing/on-demand/, https://aws.amazon.com/step-functions/pricing/
 * (standard workflows) and https://aws.amazon.com/lambda/pricing/ (arm64) before you rely on a sum.
 */
export const prices = {
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  stateTransition: 25 / 1e6,
  invocation: 0.2 / 1e6,
  gbSecond: 0.0000133334,
} as const;
