import { ApiProblem } from './api-problem.ts';
import { send } from './client.ts';
import { joinCsv, nextPageIn } from './csv-pages.ts';

/** Downloads a whole list as one CSV file, page by page. @throws ApiProblem */
export async function downloadCsv(list: string, fileName: string): Promise<void> {
  const pages: string[] = [];
  let next: string | undefined = list;
  while (next !== undefined) {
    const page = await readCsvPage(next);
    pages.push(page.body);
    next = page.next;
  }
  saveCsv(joinCsv(pages), fileName);
}

/** Saves CSV as a file of the user. */
export function saveCsv(csv: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}

async function readCsvPage(path: string): Promise<{ body: string; next: string | undefined }> {
  const response = await send(new Request(new URL(path, window.location.origin), { headers: { accept: 'text/csv' } }));
  if (!response.ok) {
    throw new ApiProblem(response.status, await response.json().catch(() => undefined));
  }
  return { body: await response.text(), next: nextPageIn(response.headers.get('link')) };
}
