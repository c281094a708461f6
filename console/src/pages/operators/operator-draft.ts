import type { Operator, OperatorSettings } from './queries.ts';

/** A product while the user fills in the form. */
export type ProductDraft = { id: string; name: string; formFactor: Operator['products'][number]['formFactor'] };

/** The fields in which the user types a number. */
type Typed =
  | 'orderMultiple'
  | 'leadMin'
  | 'leadMax'
  | 'requestsPerSecond'
  | 'requestsPerMinute'
  | 'concurrency'
  | 'batchSize'
  | 'testLimit';

/** An operator while the user fills in the form. */
export type OperatorDraft = Record<Typed, string> &
  Pick<Operator, 'name' | 'country' | 'calendar' | 'ordering' | 'connectivity' | 'usage' | 'onDifference'> & {
    id: string;
    closedDays: string;
    products: readonly ProductDraft[];
    /** The position of the default product. */
    defaultProduct: number;
    checkDigit: Operator['iccid']['checkDigit'];
    platformKind: NonNullable<Operator['platform']>['kind'] | 'none';
  };

export const emptyOperator: OperatorDraft = {
  id: '',
  name: '',
  country: '',
  calendar: 'weekdays',
  closedDays: '',
  orderMultiple: '1',
  leadMin: '3',
  leadMax: '5',
  products: [{ id: 'triple', name: 'Triple-cut SIM', formFactor: 'triple' }],
  defaultProduct: 0,
  checkDigit: 'either',
  ordering: 'manual',
  connectivity: 'manual',
  usage: 'file',
  platformKind: 'none',
  requestsPerSecond: '',
  requestsPerMinute: '',
  concurrency: '',
  batchSize: '',
  onDifference: 'report',
  testLimit: '',
};

/** The form of an existing operator. */
export function toOperatorDraft(operator: Operator): OperatorDraft {
  const {
    platform,
    leadTimeWorkingDays,
    products,
    iccid,
    testStatus,
    closedDays = [],
    orderMultiple,
    ...same
  } = operator;
  const typed = (value: number | undefined) => (value === undefined ? '' : String(value));
  return {
    ...same,
    closedDays: closedDays.join('\n'),
    orderMultiple: String(orderMultiple),
    leadMin: String(leadTimeWorkingDays.min),
    leadMax: String(leadTimeWorkingDays.max),
    products: products.map(({ id, name, formFactor }) => ({ id, name, formFactor })),
    defaultProduct: Math.max(
      0,
      products.findIndex((product) => product.default),
    ),
    checkDigit: iccid.checkDigit,
    platformKind: platform?.kind ?? 'none',
    requestsPerSecond: typed(platform?.requestsPerSecond),
    requestsPerMinute: typed(platform?.requestsPerMinute),
    concurrency: typed(platform?.concurrency),
    batchSize: typed(platform?.batchSize),
    testLimit: typed(testStatus?.limitBytes),
  };
}

/** What was typed as a request; `undefined` while a number is missing or is none. The API checks everything else. */
export function toOperatorSettings(draft: OperatorDraft): OperatorSettings | undefined {
  const required = [draft.orderMultiple, draft.leadMin, draft.leadMax];
  const optional = [
    draft.requestsPerSecond,
    draft.requestsPerMinute,
    draft.concurrency,
    draft.batchSize,
    draft.testLimit,
  ];
  if (!required.every(isWhole) || !optional.every((typed) => typed.trim() === '' || isWhole(typed))) {
    return undefined;
  }
  const closedDays = draft.closedDays.split(/[\s,]+/).filter((day) => day !== '');
  return {
    name: draft.name.trim(),
    country: draft.country.trim().toUpperCase(),
    calendar: draft.calendar,
    ...(closedDays.length > 0 && { closedDays }),
    orderMultiple: Number(draft.orderMultiple),
    leadTimeWorkingDays: { min: Number(draft.leadMin), max: Number(draft.leadMax) },
    products: draft.products.map(({ id, name, formFactor }, index) => ({
      id: id.trim(),
      name: name.trim(),
      formFactor,
      default: index === draft.defaultProduct,
    })),
    iccid: { checkDigit: draft.checkDigit },
    ordering: draft.ordering,
    connectivity: draft.connectivity,
    usage: draft.usage,
    ...(draft.platformKind !== 'none' && {
      platform: {
        kind: draft.platformKind,
        ...numberIn('requestsPerSecond', draft),
        ...numberIn('requestsPerMinute', draft),
        ...numberIn('concurrency', draft),
        ...numberIn('batchSize', draft),
      },
    }),
    onDifference: draft.onDifference,
    ...(draft.testLimit.trim() !== '' && { testStatus: { limitBytes: Number(draft.testLimit) } }),
  };
}

const isWhole = (typed: string): boolean => /^\d{1,15}$/.test(typed.trim());

function numberIn<Name extends Typed>(name: Name, draft: OperatorDraft): { [Field in Name]?: number } {
  const typed = draft[name].trim();
  // Safe: the only field is the named one.
  return (typed === '' ? {} : { [name]: Number(typed) }) as { [Field in Name]?: number };
}

/** The form without a product. The default moves to the first product when the default itself is removed. */
export function withoutProduct(draft: OperatorDraft, index: number): OperatorDraft {
  const { defaultProduct } = draft;
  return {
    ...draft,
    products: draft.products.filter((_, position) => position !== index),
    defaultProduct: index === defaultProduct ? 0 : index < defaultProduct ? defaultProduct - 1 : defaultProduct,
  };
}
