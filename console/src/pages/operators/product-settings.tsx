import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { formFactors } from '../../../../domain/operator.ts';
import { ChoiceField } from '../../app/choice-field.tsx';
import type { FieldsProps } from '../../app/chosen-id-form.tsx';
import { TextField } from '../../app/text-field.tsx';
import * as text from '../../text/index.ts';
import { type OperatorDraft, type ProductDraft, withoutProduct } from './operator-draft.ts';

const t = text.operators;

/** The SIM cards that can be ordered. One is the default. */
export function ProductSettings({ draft, messages, set }: Omit<FieldsProps<OperatorDraft>, 'isNew'>) {
  const { products } = draft;
  const change = (index: number, part: Partial<ProductDraft>) =>
    set({ products: products.map((product, position) => (position === index ? { ...product, ...part } : product)) });
  return (
    <SpaceBetween size="s">
      <div>
        <Box variant="h3">{t.products}</Box>
        <Box color="text-body-secondary">{messages['/products'] ?? t.productsHint}</Box>
      </div>
      {products.map((product, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the position identifies a product while its id is typed.
        <ColumnLayout key={index} columns={4}>
          <TextField
            label={t.productId}
            value={product.id}
            error={messages[`/products/${index}/id`]}
            onChange={(id) => change(index, { id })}
          />
          <TextField
            label={t.productName}
            value={product.name}
            error={messages[`/products/${index}/name`]}
            onChange={(name) => change(index, { name })}
          />
          <ChoiceField
            label={t.formFactor}
            value={product.formFactor}
            options={formFactors.map((value) => ({ value, label: t.formFactors[value] }))}
            error={messages[`/products/${index}/formFactor`]}
            onChange={(formFactor) => change(index, { formFactor })}
          />
          {products.length > 1 && (
            <Button
              formAction="none"
              ariaLabel={`${t.removeProduct}: ${product.name}`}
              onClick={() => set(withoutProduct(draft, index))}
            >
              {t.removeProduct}
            </Button>
          )}
        </ColumnLayout>
      ))}
      {products.length > 1 && (
        <ChoiceField
          label={t.defaultProduct}
          value={String(draft.defaultProduct)}
          options={products.map(({ id, name }, index) => ({ value: String(index), label: name || id }))}
          onChange={(chosen) => set({ defaultProduct: Number(chosen) })}
        />
      )}
      <Button
        iconName="add-plus"
        formAction="none"
        onClick={() => set({ products: [...products, { id: '', name: '', formFactor: 'triple' }] })}
      >
        {t.addProduct}
      </Button>
    </SpaceBetween>
  );
}
