/**
 * AWS prices in us-east-1, in US dollars, before free tiers and discounts, as of November 2026. Other regions have other prices, and
 * prices change: check the linked pages before you rely on a sum.
 */
export const prices = {
  // https://aws.amazon.com/dynamodb/pricing/on-demand/
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  /** A GB of the table and its indexes, and of point-in-time recovery, per month. */
  tableGb: 0.25,
  recoveryGb: 0.2,

  // https://aws.amazon.com/step-functions/pricing/, standard workflows
  stateTransition: 25 / 1e6,

  // https://aws.amazon.com/lambda/pricing/, arm64 and x86
  invocation: 0.2 / 1e6,
  gbSecond: 0.0000133334,
  gbSecondX86: 0.0000166667,

  // https://aws.amazon.com/api-gateway/pricing/, HTTP APIs; up to 512 KB are one request
  httpRequest: 1 / 1e6,

  // https://aws.amazon.com/cloudwatch/pricing/
  logGbTakenIn: 0.5,
  /** Compressed logs, per month. */
  logGbKept: 0.03,
  /** Per month; a metric is charged for the hours in which it has data. */
  metric: 0.3,
  alarmedMetric: 0.1,
  dashboard: 3,

  // https://aws.amazon.com/xray/pricing/
  trace: 5 / 1e6,

  // https://aws.amazon.com/eventbridge/pricing/, Scheduler
  scheduledRun: 1 / 1e6,

  // https://aws.amazon.com/secrets-manager/pricing/
  secret: 0.4,
  secretRead: 0.05 / 1e4,

  // https://aws.amazon.com/cognito/pricing/, plan Essentials; users who sign in at least once in a month
  activeUser: 0.015,
  /** The app client that issues machines' tokens, per month, and each token. */
  machineClient: 6,
  machineToken: 2.25 / 1e3,

  // https://aws.amazon.com/cloudfront/pricing/pay-as-you-go/, United States: requests over HTTPS, calls of functions, transfer
  cdnRequest: 0.01 / 1e4,
  cdnFunctionCall: 0.1 / 1e6,
  cdnGbOut: 0.085,

  // https://aws.amazon.com/s3/pricing/, standard storage
  fileRead: 0.4 / 1e6,
  fileGb: 0.023,

  // https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer, to the internet
  gbOut: 0.09,
} as const;
