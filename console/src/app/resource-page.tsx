import ContentLayout from '@cloudscape-design/components/content-layout';
import type { ReactNode } from 'react';
import { PageHeader } from './page-title.tsx';

/** A page about one resource: its name, the actions that the user may take, and its parts. */
export function ResourcePage({
  title,
  description,
  actions,
  children,
}: {
  title: string;
  description?: string | undefined;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <ContentLayout
      header={
        <PageHeader description={description} actions={<div className="row">{actions}</div>}>
          {title}
        </PageHeader>
      }
    >
      <div className="stack">{children}</div>
    </ContentLayout>
  );
}
