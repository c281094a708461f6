import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { writeCsv } from '../../../domain/csv.ts';
import { saveCsv } from '../api/download-csv.ts';
import { fieldMessage } from '../api/field-message.ts';
import * as text from '../text/index.ts';

export type RowError = { row: number; iccid?: string; code: string; message: string };

const PAGE = 20;

/** The rows of a file that the API rejected, with the reasons. */
export function RowErrors({ errors }: { errors: readonly RowError[] }) {
  const [page, setPage] = useState(1);
  const pages = Math.ceil(errors.length / PAGE);
  const current = Math.min(page, pages);
  const t = text.files;
  const download = () =>
    saveCsv(
      writeCsv([
        ['row', 'iccid', 'code', 'message'],
        ...errors.map(({ row, iccid = '', code, message }) => [String(row), iccid, code, message]),
      ]),
      t.errorsFile,
    );
  return (
    <Table<RowError>
      variant="embedded"
      trackBy={({ row, code }) => `${row} ${code}`}
      items={errors.slice((current - 1) * PAGE, current * PAGE)}
      header={
        <Header
          variant="h3"
          counter={`(${errors.length})`}
          actions={
            <Button iconName="download" onClick={download}>
              {text.shell.downloadCsv}
            </Button>
          }
        >
          {t.errors}
        </Header>
      }
      columnDefinitions={[
        { id: 'row', header: t.row, cell: ({ row }) => row, isRowHeader: true },
        { id: 'iccid', header: t.iccid, cell: ({ iccid }) => iccid ?? text.shell.none },
        { id: 'message', header: t.reason, cell: ({ message }) => fieldMessage(message) },
      ]}
      wrapLines
      pagination={
        pages > 1 && (
          <Pagination
            currentPageIndex={current}
            pagesCount={pages}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
            ariaLabels={{
              nextPageLabel: text.shell.nextPage,
              previousPageLabel: text.shell.previousPage,
              pageLabel: text.shell.page,
            }}
          />
        )
      }
    />
  );
}
