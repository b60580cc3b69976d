import type { TranslationBundle } from '@jupyterlab/translation';
import { clock } from '../clock';

export interface ILine {
  start: number;
  end: number;
  text: string;
  described?: boolean;
}

/** Something that is said about a second of the video. */
export interface ITalk {
  second: number;
  label: string;
  open(): void;
}

/** What the list does with its video. */
export interface IPlayer {
  jump(seconds: number): void;
}

/**
 * Lines that begin a video at what they say. One of them is reached by Tab and the others by the arrow keys: a
 * lecture has hundreds.
 */
export class Lines {
  readonly node = document.createElement('ol');
  private readonly buttons: HTMLButtonElement[];

  constructor(
    private readonly lines: readonly ILine[],
    private readonly player: IPlayer,
    language = ''
  ) {
    this.node.className = 'cw-Lines';
    if (language) {
      this.node.lang = language;
    }
    this.buttons = lines.map(line => this.line(line));
    this.reach(0);
    this.node.addEventListener('keydown', this.pressed);
  }

  /** Mark what is said now; it is kept in sight while nobody is among the lines. */
  follow(now: number): void {
    this.lines.forEach((line, at) => {
      const button = this.buttons[at];
      const said = line.start <= now && now < line.end;
      if (said === button.hasAttribute('aria-current')) {
        return;
      }
      if (!said) {
        button.removeAttribute('aria-current');
        return;
      }
      button.setAttribute('aria-current', 'true');
      const item = button.parentElement;
      if (item && !this.node.contains(document.activeElement)) {
        this.node.scrollTop = item.offsetTop - this.node.clientHeight / 3;
      }
    });
  }

  /** Mark the lines in which something is talked about, with what leads there. */
  mark(talks: readonly ITalk[]): void {
    this.node.querySelectorAll('.cw-Talked').forEach(mark => mark.remove());
    for (const { second, label, open } of talks) {
      const begun = this.lines.filter(line => line.start < second + 1).length;
      const mark = document.createElement('button');
      mark.type = 'button';
      mark.className = 'cw-Talked';
      mark.title = label;
      mark.setAttribute('aria-label', label);
      mark.addEventListener('click', open);
      this.buttons[Math.max(0, begun - 1)]?.parentElement?.append(mark);
    }
  }

  /** Show the lines that say this; how many. */
  find(wanted: string): number {
    const plain = wanted.trim().toLocaleLowerCase();
    this.lines.forEach((line, at) => {
      const item = this.buttons[at].parentElement;
      if (item) {
        item.hidden = !line.text.toLocaleLowerCase().includes(plain);
      }
    });
    const shown = this.shown();
    if (shown.length && !shown.some(button => button.tabIndex === 0)) {
      this.reach(this.buttons.indexOf(shown[0]));
    }
    return shown.length;
  }

  enter(): void {
    this.shown()[0]?.focus();
  }

  private line(line: ILine): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    const time = document.createElement('span');
    time.className = 'cw-Clock';
    time.textContent = clock(line.start);
    const words = document.createElement('span');
    words.dir = 'auto';
    words.textContent = line.described ? `[${line.text}]` : line.text;
    button.append(time, ' ', words);
    button.addEventListener('click', () => this.player.jump(line.start));
    button.addEventListener('focus', () =>
      this.reach(this.buttons.indexOf(button))
    );
    const item = document.createElement('li');
    item.append(button);
    this.node.append(item);
    return button;
  }

  private reach(index: number): void {
    this.buttons.forEach((button, at) => {
      button.tabIndex = at === index ? 0 : -1;
    });
  }

  private shown(): HTMLButtonElement[] {
    return this.buttons.filter(button => !button.parentElement?.hidden);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    const shown = this.shown();
    const at = shown.findIndex(button => button === document.activeElement);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: shown.length - 1
    };
    if (event.key in steps) {
      event.preventDefault();
      shown[Math.min(shown.length - 1, Math.max(0, steps[event.key]))]?.focus();
    }
  };
}

/** A heading that opens, with lines below it and, for a transcript, a field to look for words. */
export function folded(
  title: string,
  lines: Lines,
  trans: TranslationBundle | null
): HTMLElement {
  const node = document.createElement('details');
  node.open = true;
  const summary = document.createElement('summary');
  summary.textContent = title;
  node.append(summary);
  if (trans) {
    node.append(search(lines, trans));
  }
  node.append(lines.node);
  return node;
}

function search(lines: Lines, trans: TranslationBundle): HTMLElement {
  const row = document.createElement('p');
  const label = document.createElement('label');
  const field = document.createElement('input');
  field.type = 'search';
  label.append(trans.__('Search'), ' ', field);
  const told = document.createElement('span');
  told.setAttribute('role', 'status');
  row.append(label, ' ', told);
  field.addEventListener('input', () => {
    const number = lines.find(field.value);
    told.textContent = field.value.trim()
      ? trans._n('%1 line found', '%1 lines found', number)
      : '';
  });
  field.addEventListener('keydown', event => {
    if (event.key === 'Enter' || event.key === 'ArrowDown') {
      event.preventDefault();
      lines.enter();
    }
  });
  return row;
}
