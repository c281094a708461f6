import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import type { ReactNode } from 'react';

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
        <Header variant="h1" description={description} actions={<div className="row">{actions}</div>}>
          {title}
        </Header>
      }
    >
      <div className="stack">{children}</div>
    </ContentLayout>
  );
}
