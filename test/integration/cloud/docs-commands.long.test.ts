import { describe, expect, test } from '@jest/globals';
import { type Curl, hasCurl, runInShell } from '../../docs/shell.ts';
import { documents, type ShellBlock, shellBlocksIn, textOf } from '../../docs/shell-blocks.ts';
import { useLocalCloud } from '../support/local-cloud.ts';

const cloud = useLocalCloud();

const walks = documents.flatMap((document) => {
  const blocks = shellBlocksIn(textOf(document)).filter(({ kind }) => kind === 'walk');
  return blocks.length === 0 ? [] : [{ document, blocks }];
});
/** Files that commands send, from the root of the repository. */
const examples = ['docs/examples/sim-list-1.csv', 'docs/examples/sim-list-2.csv'];
const isFirstHour = ({ document }: { document: string }) => document === 'docs/getting-started.md';

describe('the commands of the documents', () => {
  test.each(walks)('work one after the other: $document', async ({ blocks }) => {
    const printed = await walk(blocks, hasCurl ? 'own' : 'stand-in');
    expect(printed.join('')).not.toMatch(/"status":[45]\d\d/);
    for (const [place, { prints }] of blocks.entries()) {
      if (prints !== undefined) {
        expect(masked(printed[place] ?? '')).toMatch(shownAs(prints));
      }
    }
  });

  // Where there is no curl, all of them are done so.
  test.each(walks.filter(isFirstHour))('work with the stand-in for curl: $document', async ({ blocks }) => {
    expect(masked((await walk(blocks.slice(0, 3), 'stand-in')).join(''))).toMatch(
      shownAs(
        blocks
          .slice(0, 3)
          .map(({ prints = '…' }) => prints)
          .join(''),
      ),
    );
  });
});

/** A token of a partner that the commands themselves create. */
async function tokenOfNewPartner(partnerId: string): Promise<string> {
  const { issuer, sign } = cloud.cloud();
  const now = Math.floor(Date.now() / 1000);
  const { issuer: iss, audience: aud } = issuer;
  return sign({ iss, aud, sub: 'ada', partner_id: partnerId, roles: ['admin'], iat: now, exp: now + 3600 });
}

/** Runs commands in one shell, against the cloud under test. What would be set where an account is needed is set before. */
async function walk(blocks: readonly ShellBlock[], curl: Curl): Promise<string[]> {
  // As long as it takes them; other tests let them deliver at once.
  await cloud.operator('3uk').behaves({});
  // Commands of other documents are about this partner.
  await cloud.tokenFor({ partnerId: 'acme', roles: ['admin'] });
  try {
    const wholesaler = await cloud.tokenFor({ roles: ['platform'] });
    return await runInShell(
      blocks.map(({ commands }) => commands.join('\n').replaceAll('http://127.0.0.1:3000', cloud.url())),
      {
        curl,
        variables: {
          API: cloud.url(),
          TOKEN: wholesaler,
          WHOLESALER_TOKEN: wholesaler,
          PARTNER_TOKEN: await tokenOfNewPartner('acme-connectivity'),
        },
        files: {
          ...Object.fromEntries(examples.map((file) => [file, textOf(file)])),
          'usage.csv': `recordId,iccid,at,bytes,network\na1-1,8944200000000000017,2026-03-02T10:59:59Z,1000,23201\n`,
        },
      },
    );
  } finally {
    await cloud.operator('3uk').behavesWell();
  }
}

/** A text in which ids, moments and numbers of SIMs are the same each time, and lines are one. */
function masked(text: string): string {
  return text
    .replace(/\n */g, '')
    .replace(/\b([a-z]{2,3})_[0-9A-HJKMNP-TV-Z]{26}\b/g, '$1_0')
    .replace(/\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?/g, 'MOMENT')
    .replace(/\b89\d{16,18}\b/g, 'ICCID');
}

/** What a document shows, as a pattern of what is printed: `…` is anything. */
function shownAs(prints: string): RegExp {
  const parts = masked(prints).split('…');
  return new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 's');
}
