import { useSearchParams } from 'react-router';

/** The filters of a list, kept in the URL, so that a view can be shared and survives leaving the page. */
export function useFilters(): { parameters: URLSearchParams; change(name: string, value: string | undefined): void } {
  const [parameters, setParameters] = useSearchParams();
  return {
    parameters,
    change: (name, value) =>
      setParameters((before) => {
        const after = new URLSearchParams(before);
        after.delete(name);
        if (value) {
          after.set(name, value);
        }
        return after;
      }),
  };
}
