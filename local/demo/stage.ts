import { styleText } from 'node:util';
import cliProgress from 'cli-progress';

/** The demo's terminal output: headings, lines with the scaled date, and progress bars. */
export type DemoView = {
  heading(text: string): void;
  line(text: string): void;
  good(text: string): void;
  bad(text: string): void;
  /** Adds a progress bar. @returns a function that updates it */
  bar(name: string, total: number): (done: number, state: string) => void;
  end(): void;
};

/** Writes to the terminal; without a terminal, progress becomes lines. */
export function createDemoView(now: () => Date): DemoView {
  const bars = new cliProgress.MultiBar({
    format: '  {name} [{bar}] {value}/{total} {state}',
    hideCursor: true,
    barsize: 30,
    linewrap: false,
    autopadding: true,
  });
  const isTerminal = process.stdout.isTTY === true;
  const print = (text: string) => (isTerminal ? bars.log(`${text}\n`) : void process.stdout.write(`${text}\n`));
  const dated = (text: string) => `${styleText('dim', now().toISOString().slice(0, 16).replace('T', ' '))}  ${text}`;
  return {
    heading: (text) => print(`\n${styleText('bold', text)}`),
    line: (text) => print(dated(text)),
    good: (text) => print(dated(styleText('green', text))),
    bad: (text) => print(dated(styleText('red', text))),
    bar(name, total) {
      const terminalBar = isTerminal ? bars.create(total, 0, { name, state: '' }) : undefined;
      let last = '';
      return (done, state) => {
        terminalBar?.update(done, { name, state });
        const progress = `${name}: ${done}/${total} ${state}`;
        if (!terminalBar && progress !== last) {
          print(dated(progress));
        }
        last = progress;
      };
    },
    end: () => bars.stop(),
  };
}
