import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { pollEvery } from './polling.ts';

/** A page of a list of the API. */
export type ListPage<Item> = { items: Item[]; nextCursor?: string };

/** A list that is read page by page: pages that were left are not kept, so that a list of any length fits. */
export type Pages<Item> = {
  query: UseQueryResult<ListPage<Item>>;
  items: readonly Item[];
  /** The number of the page, from 1. */
  page: number;
  hasNext: boolean;
  goTo(page: number): void;
};

/**
 * Reads a list page by page.
 *
 * @param key identifies the list with its filters. Another list starts at its first page.
 */
export function usePages<Item>(
  key: readonly unknown[],
  readPage: (cursor: string | undefined) => Promise<ListPage<Item>>,
  { refetchInterval = false, enabled = true }: { refetchInterval?: number | false; enabled?: boolean } = {},
): Pages<Item> {
  // The cursor of each page so far; the first page has none.
  const [cursors, setCursors] = useState<readonly (string | undefined)[]>([undefined]);
  const [page, setPage] = useState(1);
  const list = JSON.stringify(key);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list starts at its first page.
  useEffect(() => {
    setCursors([undefined]);
    setPage(1);
  }, [list]);
  const cursor = cursors[page - 1];
  const query = useQuery({
    queryKey: [...key, cursor],
    queryFn: () => readPage(cursor),
    placeholderData: keepPreviousData,
    refetchInterval: pollEvery(refetchInterval),
    enabled,
  });
  const next = query.data?.nextCursor;
  return useMemo(
    () => ({
      query,
      items: query.data?.items ?? [],
      page,
      hasNext: next !== undefined,
      goTo(target: number) {
        if (target > cursors.length && next !== undefined) {
          setCursors([...cursors, next]);
        }
        setPage(Math.max(1, Math.min(target, cursors.length + (next === undefined ? 0 : 1))));
      },
    }),
    [query, page, next, cursors],
  );
}
