import fc from 'fast-check';
import { type Command, command, pick, pickFrom } from './command.ts';
import { withWrongDigit } from './iccids.ts';
import { isOpen, type ManualOrder } from './manual-orders.ts';
import { canReport, type Manual, manualOrders, pathOf, pickManual } from './manual-reports.ts';
import { isUnderWay, type Model } from './model.ts';
import { freeSims } from './selection.ts';
import { checkFile, fileOf, outcomesOf, type RowOutcome, refusedFor, type SeenFile, sendFile } from './sim-files.ts';
import { expectStatus, type World } from './world.ts';

// Files with the SIMs of manual orders.

type RowKind = 'new' | 'repeated' | 'loaded' | 'other' | 'digit' | 'text' | 'imsi';
type FileArgs = { number: number; rows: readonly RowKind[]; isDryFirst: boolean };
type Row = { iccid: string; imsi?: string };

/** Loads a file of SIMs into an order: new ones, repeated ones, SIMs of others, bad rows, and more than were ordered. */
function load({ number, rows: kinds, isDryFirst }: FileArgs): Command {
  return command('load SIMs', {
    can: canReport,
    async run(model, world) {
      const { order, manual } = pickManual(model, number);
      const rows: Row[] = [];
      for (const [index, kind] of kinds.entries()) {
        rows.push(rowOf(model, world, { kind, manual, before: rows, number: number + index }));
      }
      world.log(`load [${kinds}] into ${world.nameOf(order.id)}${isDryFirst ? ', first dry' : ''}`);
      await sendSims(model, world, { order, manual }, rows, isDryFirst);
    },
  });
}

type RowArgs = { kind: RowKind; manual: ManualOrder; before: readonly Row[]; number: number };

function rowOf(model: Model, world: World, { kind, manual, before, number }: RowArgs): Row {
  const [fresh = ''] = world.newIccids(1);
  const others = freeSims(model).filter((iccid) => !manual.loaded.includes(iccid));
  switch (kind) {
    case 'new':
      return { iccid: fresh, imsi: '901010000000001' };
    case 'repeated':
      return before.length > 0 ? { ...pickFrom(before, number) } : { iccid: fresh };
    case 'loaded':
      return { iccid: manual.loaded.length > 0 ? pickFrom(manual.loaded, number) : fresh };
    case 'other':
      return { iccid: others.length > 0 ? pickFrom(others, number) : fresh };
    case 'digit':
      return { iccid: withWrongDigit(fresh) };
    case 'text':
      return { iccid: number % 2 === 0 ? '8.9881E+18' : '' };
    case 'imsi':
      return { iccid: fresh, imsi: '12' };
  }
}

async function sendSims(
  model: Model,
  world: World,
  { order, manual }: Manual,
  rows: readonly Row[],
  isDryFirst: boolean,
): Promise<void> {
  let room = order.quantity - manual.loaded.length;
  const loaded: string[] = [];
  const outcomes = outcomesOf(rows, ({ iccid, imsi }): RowOutcome => {
    if (imsi === '12') {
      return refusedFor('invalid_imsi');
    }
    if (manual.loaded.includes(iccid)) {
      return 'alreadyLoaded';
    }
    if (model.sims.has(iccid)) {
      return refusedFor('loaded_for_other_order');
    }
    if (room <= 0) {
      return refusedFor('over_delivery');
    }
    room -= 1;
    loaded.push(iccid);
    return 'loaded';
  });
  const answer = await sendFile(world.staff, pathOf(world, order, '/sims'), fileOf(rows), { isDryFirst });
  const isRepeated = order.end !== 'cancelled' && order.end !== 'rejected' && !isUnderWay(order);
  if (!isOpen(manual) && !(isRepeated && outcomes.every((outcome) => outcome === 'alreadyLoaded'))) {
    expectStatus(409, answer);
    return;
  }
  checkFile(expectStatus<SeenFile>(200, answer), outcomes);
  addSims(model, world, { order, manual }, loaded);
}

function addSims(model: Model, world: World, { order, manual }: Manual, iccids: readonly string[]): void {
  for (const iccid of iccids) {
    manual.loaded.push(iccid);
    world.setName(iccid, `${world.nameOf(order.id).replace('order ', '')}/${manual.loaded.length}`);
    const { id, operator } = order;
    const state = {
      state: 'in_holding',
      version: 0,
      isChanged: true,
      unsure: false,
      unlisted: true,
    } as const;
    model.sims.set(iccid, [{ iccid, operator, order: id, ...state }]);
  }
}

/** The same file twice adds nothing the second time. */
function loadAll(number: number, missing: number): Command {
  return command('load all SIMs', {
    can: (model) => canReport(model) && manualOrders(model).some(({ manual }) => isOpen(manual)),
    async run(model, world) {
      const one = pickFrom(
        manualOrders(model).filter(({ manual }) => isOpen(manual)),
        number,
      );
      const count = Math.max(0, one.order.quantity - one.manual.loaded.length - missing);
      const rows = world.newIccids(count).map((iccid) => ({ iccid }));
      if (rows.length > 0) {
        world.log(`load ${count} SIMs into ${world.nameOf(one.order.id)}, twice`);
        await sendSims(model, world, one, rows, false);
        await sendSims(model, world, one, rows, false);
      }
    },
  });
}

const rowKind = fc.constantFrom<RowKind[]>(
  'new',
  'new',
  'new',
  'new',
  'repeated',
  'loaded',
  'other',
  'digit',
  'text',
  'imsi',
);

/** The commands with their weights. */
export const manifestCommands: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [
    3,
    fc
      .record({ number: pick, rows: fc.array(rowKind, { minLength: 1, maxLength: 14 }), isDryFirst: fc.boolean() })
      .map(load),
  ],
  [2, fc.tuple(pick, fc.constantFrom(0, 0, 2)).map(([number, missing]) => loadAll(number, missing))],
];
