import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';

/** A resource as a form opened it. */
export type Opened<Data> = { data: Data; etag: string | undefined };

/** A form over a resource: it keeps the values that it was opened with, while the page behind it reads newer ones. */
export type Editing<Data> = {
  opened: Opened<Data> | undefined;
  open(): void;
  close(): void;
  /** Starts again with the current values. */
  reload(): void;
};

export function useEditing<Data>(query: UseQueryResult<Opened<Data>>): Editing<Data> {
  const [opened, setOpened] = useState<Opened<Data>>();
  return {
    opened,
    open: () => setOpened(query.data),
    close: () => setOpened(undefined),
    reload: () => void query.refetch().then(({ data }) => setOpened(data)),
  };
}
