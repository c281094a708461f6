import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';

/** A resource as a form opened it. */
export type Opened<Data> = { data: Data; etag: string | undefined };

/** A form over a resource: it keeps the values that it was opened with, while the page behind it reads newer ones. */
export type Editing<Data> = {
  opened: Opened<Data> | undefined;
  /** Opens the form with the current values, which the page may not have read yet. */
  open(): void;
  close(): void;
  /** Starts again with the current values. */
  reload(): void;
};

/** The properties of a form over a resource. */
export type EditFormProps<Data> = Opened<Data> & { editing: Editing<Data> };

export function useEditing<Data>(query: UseQueryResult<Opened<Data>>): Editing<Data> {
  const [opened, setOpened] = useState<Opened<Data>>();
  const read = () => void query.refetch().then(({ data }) => setOpened(data));
  return { opened, open: read, close: () => setOpened(undefined), reload: read };
}
