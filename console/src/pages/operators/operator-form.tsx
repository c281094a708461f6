import { isOperatorId } from '../../../../domain/operator.ts';
import type { ChosenIdKind, FieldsProps } from '../../app/chosen-id-form.tsx';
import * as text from '../../text/index.ts';
import { emptyOperator, type OperatorDraft, toOperatorDraft, toOperatorSettings } from './operator-draft.ts';
import { GeneralSettings, HandlingSettings, OrderSettings, PlatformSettings } from './operator-settings.tsx';
import { ProductSettings } from './product-settings.tsx';
import { type Operator, type OperatorSettings, saveOperator } from './queries.ts';

const fieldPointers = [
  '/name',
  '/country',
  '/calendar',
  '/closedDays',
  '/orderMultiple',
  '/leadTimeWorkingDays/min',
  '/leadTimeWorkingDays/max',
  '/products',
  '/iccid',
  '/ordering',
  '/connectivity',
  '/usage',
  '/platform',
  '/platform/requestsPerSecond',
  '/platform/requestsPerMinute',
  '/platform/concurrency',
  '/platform/batchSize',
  '/onDifference',
  '/testStatus',
];

/** The forms of operators. */
export const operatorKind: ChosenIdKind<Operator, OperatorDraft, OperatorSettings> = {
  path: '/v1/platform/operators',
  words: text.operators,
  empty: emptyOperator,
  isId: isOperatorId,
  toDraft: toOperatorDraft,
  toBody: toOperatorSettings,
  save: saveOperator,
  invalidates: ['platform operators'],
  pointers: ({ products }) => [
    ...fieldPointers,
    ...products.flatMap((_, index) => ['id', 'name', 'formFactor'].map((field) => `/products/${index}/${field}`)),
  ],
  Fields: OperatorFields,
};

function OperatorFields(props: FieldsProps<OperatorDraft>) {
  return (
    <>
      <GeneralSettings {...props} />
      <HandlingSettings {...props} />
      <PlatformSettings {...props} />
      <OrderSettings {...props} />
      <ProductSettings {...props} />
    </>
  );
}
