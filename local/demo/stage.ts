import { styleText } from 'node:util';
import cliProgress from 'cli-progress';

/** What the audience sees: headings, lines with the scaled date, and a bar for each thing that goes on. */
export type StageView = {
  heading(text: string): void;
  line(text: string): void;
  good(text: string): void;
  bad(text: string): void;
  /** Begins a bar; each call of what it returns moves it. */
  bar(name: string, total: number): (done: number, state: string) => void;
  end(): void;
};

/** A view on the terminal; without one (a log file), the bars' moves become lines. */
export function stageView(now: () => Date): StageView {
  const bars = new cliProgress.MultiBar({
    format: '  {name} [{bar}] {value}/{total} {state}',
    hideCursor: true,
    barsize: 30,
    linewrap: false,
    autopadding: true,
  });
  const isTerminal = process.stdout.isTTY === true;
  const say = (text: string) => (isTerminal ? bars.log(`${text}\n`) : void process.stdout.write(`${text}\n`));
  const dated = (text: string) => `${styleText('dim', now().toISOString().slice(0, 16).replace('T', ' '))}  ${text}`;
  return {
    heading: (text) => say(`\n${styleText('bold', text)}`),
    line: (text) => say(dated(text)),
    good: (text) => say(dated(styleText('green', text))),
    bad: (text) => say(dated(styleText('red', text))),
    bar(name, total) {
      const shown = isTerminal ? bars.create(total, 0, { name, state: '' }) : undefined;
      let last = '';
      return (done, state) => {
        shown?.update(done, { name, state });
        const told = `${name}: ${done}/${total} ${state}`;
        if (!shown && told !== last) {
          say(dated(told));
        }
        last = told;
      };
    },
    end: () => bars.stop(),
  };
}
