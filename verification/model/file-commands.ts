import fc from 'fast-check';
import { type Command, command, pick, pickFrom } from './command.ts';
import { withWrongDigit } from './iccids.ts';
import { covers, labelled, type Model, type OperatorId, type Sim, type State } from './model.ts';
import { mayChange } from './outcomes.ts';
import { learnHoldingServices } from './own-operator.ts';
import { freeSims, UNKNOWN_ICCID } from './selection.ts';
import { checkFile, fileOf, outcomesOf, type RowOutcome, refusedFor, type SeenFile, sendFile } from './sim-files.ts';
import { expectStatus, type World } from './world.ts';

// Imports of existing fleets, and labels from a file.

type Place = 'id' | 'name' | 'none' | 'unknown' | 'holding';
type ImportRowArgs = {
  iccid: 'new' | 'repeated' | 'own' | 'digit';
  state: string;
  partnerService: Place;
  customer: Exclude<Place, 'holding'>;
  customerService: Exclude<Place, 'holding'>;
  /** Whether cells that the state does not need are empty. */
  isTidy: boolean;
  label: 'none' | 'Meter 5' | 'too long';
  stock: number;
  service: number;
  /** Whether the services are chosen among those whose tariffs cover the operator. */
  fits?: boolean;
};
/** Where a row puts its SIM: ids of the model, `unknown` for a text that names nothing. */
type Target = { id?: string; text?: string; isAmbiguous?: boolean };
type ImportRow = {
  iccid: string;
  state: string;
  stock: Target;
  customer: Target;
  service: Target;
  isServiceByName: boolean;
  label?: string;
};

const TOO_LONG = 'x'.repeat(61);
const NEEDS_CUSTOMER = ['assigned', 'active', 'suspended'];
const IMPORTED_STATES: readonly string[] = ['in_holding', 'in_stock', ...NEEDS_CUSTOMER];

/** Imports SIMs in any state. Nothing is sent to the operator, which does not know them. */
function importSims(which: 0 | 1 | 2, args: readonly ImportRowArgs[], isDryFirst: boolean): Command {
  return command('import SIMs', {
    can: (model) => model.services.size > 0 && model.customers.size > 0,
    async run(model, world) {
      const operator = which === 2 ? world.ownOperator : world.operators[which];
      await learnHoldingServices(model, world);
      const rows: ImportRow[] = [];
      for (const one of args) {
        rows.push(importRow(model, world, operator, one, rows));
      }
      const said = rows.map(({ iccid, state, stock, customer, service, label }) => {
        const cells = {
          iccid,
          state,
          partnerService: stock.text,
          customer: customer.text,
          customerService: service.text,
          label,
        };
        return Object.fromEntries(Object.entries(cells).filter(([, text]) => text !== undefined));
      });
      world.log(
        `import ${JSON.stringify(said.map((row) => Object.values(row).map(world.nameOf).join(' ')))} of ${operator}`,
      );
      const imported: ImportRow[] = [];
      const outcomes = outcomesOf(rows, (row): RowOutcome => {
        if (model.sims.has(row.iccid)) {
          return 'alreadyLoaded';
        }
        const codes = importProblems(model, row, operator);
        if (codes.length > 0) {
          return refusedFor(...codes);
        }
        imported.push(row);
        return 'loaded';
      });
      const path = `/v1/platform/partners/${world.partnerId}/imports?operatorId=${operator}`;
      const answer = await sendFile(world.staff, path, fileOf(said), { isDryFirst });
      checkFile(expectStatus<SeenFile>(200, answer), outcomes);
      await learnHoldingServices(model, world);
      for (const [index, row] of imported.entries()) {
        world.setName(row.iccid, `imported ${model.sims.size + 1}.${index + 1}`);
        model.sims.set(row.iccid, [simOf(row, operator)]);
      }
      if (imported.length > 0) {
        const again = await sendFile(world.staff, path, fileOf(said), { isDryFirst: false });
        const loaded = new Set(imported.map(({ iccid }) => iccid));
        const wanted = outcomes.map((outcome) => (outcome === 'loaded' ? 'alreadyLoaded' : outcome));
        checkFile(expectStatus<SeenFile>(200, again), loaded.size > 0 ? wanted : outcomes);
      }
    },
  });
}

function importRow(
  model: Model,
  world: World,
  operator: OperatorId,
  args: ImportRowArgs,
  before: readonly ImportRow[],
): ImportRow {
  const { state, isTidy, label } = args;
  if (args.iccid === 'repeated' && before.length > 0) {
    return { ...pickFrom(before, args.stock) };
  }
  const [fresh = ''] = world.newIccids(1);
  const own = freeSims(model);
  const iccid =
    args.iccid === 'own' && own.length > 0
      ? pickFrom(own, args.stock)
      : args.iccid === 'digit'
        ? withWrongDigit(fresh)
        : fresh;
  const [serviceId, service] = pickFrom(fitting(model, model.services, operator, args), args.service);
  const customerName = model.customers.get(service.customer)?.name ?? '';
  const namesakes = [...model.customers.values()].filter(({ name }) => name === customerName).length;
  const none: Target = {};
  return {
    iccid,
    state,
    stock: isTidy && state === 'in_holding' ? none : stockOf(model, operator, args),
    customer:
      isTidy && !NEEDS_CUSTOMER.includes(state)
        ? none
        : targetOf(args.customer, service.customer, customerName, namesakes > 1),
    service: isTidy && !NEEDS_CUSTOMER.includes(state) ? none : targetOf(args.customerService, serviceId, service.name),
    isServiceByName: args.customerService === 'name',
    ...(label === 'none' ? {} : { label: label === 'too long' ? TOO_LONG : label }),
  };
}

/** The services to choose from. */
function fitting<T extends { tariff: string }>(
  model: Model,
  services: ReadonlyMap<string, T>,
  operator: OperatorId,
  { fits }: ImportRowArgs,
): [string, T][] {
  const covered = [...services].filter(([, { tariff }]) => fits && covers(model, tariff, operator));
  return covered.length > 0 ? covered : [...services];
}

function stockOf(model: Model, operator: OperatorId, args: ImportRowArgs): Target {
  const { partnerService, stock } = args;
  if (partnerService === 'holding') {
    const id = [...model.holding].find((holding) => holding.endsWith(`_${operator}`));
    return id === undefined ? {} : { id, text: id };
  }
  const [id, { name }] = pickFrom(fitting(model, model.partnerServices, operator, args), stock);
  return targetOf(partnerService, id, name);
}

function targetOf(place: Exclude<Place, 'holding'>, id: string, name: string, isAmbiguous = false): Target {
  switch (place) {
    case 'none':
      return {};
    case 'unknown':
      return { text: 'Nobody' };
    case 'id':
      return { id, text: id };
    case 'name':
      return isAmbiguous ? { text: name, isAmbiguous } : { id, text: name };
  }
}

/** Every rule that a row breaks: the invariants of SIMs, and that all cells name something. */
function importProblems(model: Model, row: ImportRow, operator: OperatorId): string[] {
  const { state, stock, customer, service, label } = row;
  const codes: string[] = [];
  if (label === TOO_LONG) {
    codes.push('invalid_label');
  }
  if (!IMPORTED_STATES.includes(state)) {
    return [...codes, 'invalid_state'];
  }
  const isUnknown = ({ id, text, isAmbiguous }: Target) => text !== undefined && id === undefined && !isAmbiguous;
  const isGiven = ({ text }: Target) => text !== undefined;
  if (isUnknown(stock)) {
    codes.push('not_found');
  }
  const isHolding = model.holding.has(stock.id ?? '');
  if (state === 'in_holding') {
    return (isGiven(stock) && !isHolding) || isGiven(customer) || isGiven(service) ? [...codes, 'in_holding'] : codes;
  }
  if (!isGiven(stock)) {
    codes.push('required');
  } else if (isHolding) {
    codes.push('holding_target');
  } else if (stock.id !== undefined && !covers(model, model.partnerServices.get(stock.id)?.tariff, operator)) {
    codes.push('tariff_mismatch');
  }
  if (state === 'in_stock') {
    return isGiven(customer) || isGiven(service) ? [...codes, 'not_assigned'] : codes;
  }
  return [...codes, ...customerProblems(model, row, operator)];
}

function customerProblems(
  model: Model,
  { customer, service, isServiceByName }: ImportRow,
  operator: OperatorId,
): string[] {
  const codes: string[] = [];
  if (customer.isAmbiguous) {
    codes.push('ambiguous_name');
  }
  if (customer.text === undefined || service.text === undefined) {
    codes.push('required');
  }
  const isCustomerKnown = customer.id !== undefined;
  if (
    customer.text === 'Nobody' ||
    service.text === 'Nobody' ||
    (isServiceByName && service.text !== undefined && !isCustomerKnown)
  ) {
    codes.push('not_found');
  }
  const known = service.id === undefined ? undefined : model.services.get(service.id);
  if (known && isCustomerKnown && known.customer !== customer.id) {
    codes.push(isServiceByName ? 'not_found' : 'service_of_other_customer');
  }
  if (known && !covers(model, known.tariff, operator)) {
    codes.push('tariff_mismatch');
  }
  return codes;
}

function simOf({ iccid, state, stock, customer, service, label }: ImportRow, operator: OperatorId): Sim {
  return {
    iccid,
    operator,
    // Safe: rows with any other text are refused.
    state: state as State,
    ...(state !== 'in_holding' && stock.id !== undefined ? { stock: stock.id } : {}),
    ...(customer.id === undefined ? {} : { customer: customer.id }),
    ...(service.id === undefined ? {} : { service: service.id }),
    ...(label === undefined ? {} : { label }),
    ...{ version: 0, isChanged: true, unsure: false, unlisted: true },
  };
}

type LabelRowArgs = { sim: 'own' | 'repeated' | 'unknown' | 'digits'; number: number; label: string };

/** Sets labels from a file. A row with the present label changes nothing. */
function labelFile(args: readonly LabelRowArgs[], isDryFirst: boolean): Command {
  return command('label from a file', {
    can: (model) => freeSims(model).length > 0,
    async run(model, world) {
      const rows: { iccid: string; label: string }[] = [];
      for (const { sim, number, label } of args) {
        const iccid = {
          own: () => pickFrom(steadySims(model), number),
          repeated: () => rows.at(-1)?.iccid ?? UNKNOWN_ICCID,
          unknown: () => UNKNOWN_ICCID,
          digits: () => '8944',
        }[sim]();
        // A repeated row is the same as the first one: a bad row may not count as the first with its ICCID.
        rows.push({ ...(rows.find((row) => row.iccid === iccid) ?? { iccid, label }) });
      }
      world.log(
        `label from a file ${JSON.stringify(rows.map(({ iccid, label }) => `${world.nameOf(iccid)} ${label}`))}`,
      );
      const labels = new Map<string, string>();
      const outcomes = outcomesOf(rows, ({ iccid, label }): RowOutcome => {
        const before = model.sims.get(iccid);
        if (label === TOO_LONG) {
          return refusedFor('invalid_label');
        }
        if (!before) {
          return refusedFor('not_found');
        }
        labels.set(iccid, label);
        return before.every((sim) => labelled({ ...sim, isChanged: false }, label).isChanged)
          ? 'loaded'
          : 'alreadyLoaded';
      });
      const answer = await sendFile(world.api, '/v1/sims/labels', fileOf(rows), { isDryFirst });
      checkFile(expectStatus<SeenFile>(200, answer), outcomes);
      for (const [iccid, label] of labels) {
        model.sims.set(
          iccid,
          (model.sims.get(iccid) ?? []).map((sim) => labelled(sim, label)),
        );
      }
    },
  });
}

/** SIMs in one known state, which nothing else changes now. */
function steadySims(model: Model): string[] {
  const steady = freeSims(model).filter((iccid) => {
    const sims = model.sims.get(iccid) ?? [];
    return sims.length === 1 && !sims.some(mayChange);
  });
  return steady.length > 0 ? steady : [UNKNOWN_ICCID];
}

const place = fc.constantFrom<Exclude<Place, 'holding'>[]>('id', 'id', 'id', 'name', 'name', 'name', 'none', 'unknown');
const importRowArgs: fc.Arbitrary<ImportRowArgs> = fc.record({
  iccid: fc.constantFrom<ImportRowArgs['iccid'][]>('new', 'new', 'new', 'new', 'new', 'repeated', 'own', 'digit'),
  state: fc.constantFrom(...IMPORTED_STATES, ...IMPORTED_STATES, ...NEEDS_CUSTOMER, 'lost'),
  partnerService: fc.oneof({ weight: 9, arbitrary: place }, { weight: 1, arbitrary: fc.constant('holding' as const) }),
  customer: place,
  customerService: place,
  isTidy: fc.nat(5).map((one) => one > 0),
  label: fc.constantFrom<ImportRowArgs['label'][]>('none', 'none', 'none', 'Meter 5', 'Meter 5', 'too long'),
  stock: pick,
  service: pick,
});

/** A row without mistakes. */
const goodRowArgs: fc.Arbitrary<ImportRowArgs> = fc
  .record({ state: fc.constantFrom(...NEEDS_CUSTOMER), stock: pick, service: pick })
  .map((row) => ({
    ...{ ...row, iccid: 'new', label: 'none', isTidy: true, fits: true },
    ...{ partnerService: 'id', customer: 'id', customerService: 'id' },
  }));

const labelRowArgs: fc.Arbitrary<LabelRowArgs> = fc.record({
  sim: fc.constantFrom<LabelRowArgs['sim'][]>('own', 'own', 'own', 'own', 'repeated', 'unknown', 'digits'),
  number: pick,
  label: fc.constantFrom('Meter 1', 'Meter 2', 'Gate', 'Gate', TOO_LONG),
});

/** The commands with their weights. */
export const fileCommands: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  // SIMs that the staff change.
  [4, fc.array(goodRowArgs, { minLength: 2, maxLength: 6 }).map((rows) => importSims(2, rows, false))],
  [
    3,
    fc
      .tuple(
        fc.constantFrom(0 as const, 1 as const, 2 as const),
        fc.array(importRowArgs, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
      )
      .map(([which, rows, isDryFirst]) => importSims(which, rows, isDryFirst)),
  ],
  [
    2,
    fc
      .tuple(fc.array(labelRowArgs, { minLength: 1, maxLength: 8 }), fc.boolean())
      .map(([rows, isDryFirst]) => labelFile(rows, isDryFirst)),
  ],
];
