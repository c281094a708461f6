import { cognitoLimits } from '../limits.ts';
import { requestQuota } from '../request-quota.ts';

const ERROR = 'TooManyRequestsException';
const perSecond = (rate: number) => ({ rateLimit: rate, burstLimit: rate });

/** Cognito's request quotas: operations share the rate of their category; operations on a pool's resources also have their own. */
export function cognitoQuota(now?: () => number): (operation: string) => void {
  const { categories, categoryOf, poolOperationRate } = cognitoLimits;
  const categoryQuota = requestQuota(
    Object.fromEntries(Object.entries(categories).map(([category, rate]) => [category, perSecond(rate)])),
    ERROR,
    now,
  );
  const known = Object.entries(categoryOf);
  const operationQuota = requestQuota(
    Object.fromEntries(
      known
        .filter(([, category]) => category.startsWith('UserPool'))
        .map(([operation]) => [operation, perSecond(poolOperationRate)]),
    ),
    ERROR,
    now,
  );
  const categoryByOperation = new Map<string, string>(known);
  return (operation) => {
    operationQuota(operation);
    categoryQuota(categoryByOperation.get(operation) ?? '');
  };
}
