import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import type { ReactNode } from 'react';
import * as text from '../text/index.ts';

/** The facts about a resource. */
export function Details({
  title = text.forms.details,
  info,
  items,
  children,
}: {
  title?: string;
  info?: ReactNode;
  items: readonly KeyValuePairsProps.Pair[];
  children?: ReactNode;
}) {
  return (
    <Container
      header={
        <Header variant="h2" info={info}>
          {title}
        </Header>
      }
    >
      {children}
      <KeyValuePairs columns={3} items={items} />
    </Container>
  );
}
