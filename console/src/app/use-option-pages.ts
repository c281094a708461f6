import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ListPage } from './use-pages.ts';

/** The options of a choice, read page by page. */
type OptionPages<Item> = {
  items: readonly Item[];
  status: 'pending' | 'loading' | 'finished' | 'error';
  /** What Cloudscape's choices ask for when they are opened, scrolled to their end, or searched. */
  load(request: { filteringText: string; firstPage: boolean; samePage: boolean }): void;
};

/**
 * Reads the options of a choice from a list without a search: the first page at once, further ones when the user reaches the end of
 * the options, and all of them when the user types, because the choice then searches them itself.
 *
 * @param options `isOffered` leaves out items; pages are read until one is offered
 */
export function useOptionPages<Item>(
  key: readonly unknown[],
  readPage: (cursor: string | undefined) => Promise<ListPage<Item>>,
  { enabled = true, isOffered = () => true }: { enabled?: boolean; isOffered?: (item: Item) => boolean } = {},
): OptionPages<Item> {
  const [isSearched, setSearched] = useState(false);
  const { data, isPending, isError, isFetching, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => readPage(pageParam),
    // The first page has no cursor.
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    enabled,
  });
  const items = (data?.pages ?? []).flatMap((page) => page.items).filter(isOffered);
  const wantsMore = isSearched || items.length === 0;
  useEffect(() => {
    if (wantsMore && hasNextPage && !isFetching && !isError) {
      void fetchNextPage();
    }
  }, [wantsMore, hasNextPage, isFetching, isError, fetchNextPage]);
  return {
    items,
    status: isError ? 'error' : (enabled && isPending) || isFetching ? 'loading' : hasNextPage ? 'pending' : 'finished',
    load: ({ filteringText, firstPage, samePage }) => {
      setSearched(filteringText !== '');
      if (samePage && isError) {
        void refetch();
      } else if (!firstPage && hasNextPage && !isFetching) {
        void fetchNextPage();
      }
    },
  };
}
