import { describe, expect, it } from '@jest/globals';
import { simFilter } from '../../../../contract/bulk-action.ts';
import { filterInUrl, filterNames, fromTokens, stateSearchedFor, toTokens } from './filter.ts';

it('offers every filter of the API', () => {
  expect([...filterNames].sort()).toEqual(Object.keys(simFilter().shape).sort());
});

describe('the filter in the URL', () => {
  it('is read and written without loss', () => {
    const url = new URLSearchParams('state=active&operatorId=3uk&q=Meter');
    const filter = filterInUrl(url);
    expect(filter).toEqual({ state: 'active', operatorId: '3uk', q: 'Meter' });
    expect(fromTokens(toTokens(filter)).toString()).toBe(url.toString());
  });

  it('ignores parameters that are no filters, and empty ones', () => {
    expect(filterInUrl(new URLSearchParams('utm=1&state=&cursor=x'))).toEqual({});
  });
});

describe('tokens', () => {
  it('without a property are a search', () => {
    expect(fromTokens([{ operator: ':', value: ' 8944 ' }]).toString()).toBe('q=8944');
  });

  it('of the same property replace each other', () => {
    const tokens = ['active', 'suspended'].map((value) => ({ propertyKey: 'state', operator: '=', value }));
    expect(fromTokens(tokens).toString()).toBe('state=suspended');
  });
});

it('notices a search for a state by its name', () => {
  expect(stateSearchedFor({ q: 'active' })).toBe('active');
  expect(stateSearchedFor({ q: 'In stock ' })).toBe('in_stock');
  expect(stateSearchedFor({ q: 'in_stock' })).toBe('in_stock');
  expect(stateSearchedFor({ q: 'activ' })).toBeUndefined();
  expect(stateSearchedFor({ state: 'active' })).toBeUndefined();
});
