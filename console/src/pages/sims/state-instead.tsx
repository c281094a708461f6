import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import { fromTokens, type SimFilter, stateSearchedFor, toTokens } from './filter.ts';

/** Offers the filter by a state to users who have searched for its name, which finds labels and tags. */
export function StateInstead({
  filter,
  onChange,
}: {
  filter: SimFilter;
  onChange: (parameters: URLSearchParams) => void;
}) {
  const state = stateSearchedFor(filter);
  const { q, ...others } = filter;
  return (
    state &&
    q && (
      <Box margin={{ top: 'xs' }} color="text-body-secondary">
        {text.sims.searched(q)}{' '}
        <Link onFollow={() => onChange(fromTokens(toTokens({ ...others, state })))}>
          {text.sims.showState(stateText('sim', state))}
        </Link>
      </Box>
    )
  );
}
