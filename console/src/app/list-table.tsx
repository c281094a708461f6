import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import { downloadCsv } from '../api/download-csv.ts';
import * as text from '../text/index.ts';
import { usePageTitle } from './page-title.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { useIsNarrow } from './use-is-narrow.ts';
import type { Pages } from './use-pages.ts';

type Props<Item> = {
  title: string;
  pages: Pages<Item>;
  columns: readonly TableProps.ColumnDefinition<Item>[];
  idOf: (item: Item) => string;
  empty: { title: string; hint?: string };
  /** The path of the list with its filters, for its CSV. */
  csv?: { path: string; fileName: string };
  /** What is known about the list as a whole, below its title. */
  description?: ReactNode;
  actions?: ReactNode;
  filter?: ReactNode;
  variant?: TableProps.Variant;
} & Partial<
  Pick<
    TableProps<Item>,
    'selectionType' | 'selectedItems' | 'onSelectionChange' | 'preferences' | 'columnDisplay' | 'header'
  >
>;

/** A list of the API as a table: page by page, with its CSV. */
export function ListTable<Item>({
  title,
  pages,
  columns,
  idOf,
  empty,
  csv,
  description,
  actions,
  filter,
  variant = 'full-page',
  ...table
}: Props<Item>) {
  const { query, items, page, hasNext, goTo } = pages;
  const isNarrow = useIsNarrow();
  usePageTitle(variant === 'full-page' ? title : undefined);
  return (
    <Table<Item>
      variant={variant}
      columnDefinitions={columns}
      items={items}
      trackBy={idOf}
      loading={query.isPending}
      loadingText={text.shell.loading}
      enableKeyboardNavigation
      ariaLabels={{
        tableLabel: title,
        selectionGroupLabel: text.shell.selection,
        allItemsSelectionLabel: () => text.shell.selectPage,
        itemSelectionLabel: (_selection, item) => text.shell.select(idOf(item)),
      }}
      empty={
        query.isError ? <ProblemAlert error={query.error} onRetry={() => void query.refetch()} /> : <Empty {...empty} />
      }
      header={
        <Header
          variant={variant === 'full-page' ? 'awsui-h1-sticky' : 'h2'}
          description={description}
          actions={
            <div className="row">
              <Button iconName="refresh" ariaLabel={text.shell.refresh} onClick={() => void query.refetch()} />
              {csv && (
                <Button
                  iconName="download"
                  {...(isNarrow && { ariaLabel: text.shell.downloadCsv })}
                  onClick={() => void downloadCsv(csv.path, csv.fileName)}
                >
                  {!isNarrow && text.shell.downloadCsv}
                </Button>
              )}
              {actions}
            </div>
          }
        >
          {title}
        </Header>
      }
      filter={filter}
      pagination={
        <Pagination
          currentPageIndex={page}
          pagesCount={hasNext ? page + 1 : page}
          openEnd={hasNext}
          onChange={({ detail }) => goTo(detail.currentPageIndex)}
          ariaLabels={{
            nextPageLabel: text.shell.nextPage,
            previousPageLabel: text.shell.previousPage,
            pageLabel: text.shell.page,
          }}
        />
      }
      {...table}
    />
  );
}

function Empty({ title, hint }: { title: string; hint?: string }) {
  return (
    <Box textAlign="center" margin={{ vertical: 'm' }}>
      <strong>{title}</strong>
      {hint && <Box variant="p">{hint}</Box>}
    </Box>
  );
}
