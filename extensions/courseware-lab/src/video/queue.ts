import type { IReport, IWatched, Span } from '../api/watched';
import { union } from './spans';

/** Where reports wait: the part of the browser's storage that is used. */
export interface IKeep {
  readonly length: number;
  key(index: number): string | null;
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

/** A video of a lesson. */
export interface IPlace {
  course: string;
  lesson: string;
  path: string;
}

/** What is known of a video here and not yet at the course. */
export interface ITold {
  /** Null while it was not known where the person left it. */
  position: number | null;
  duration: number;
  spans: Span[];
  /** When it was so, in milliseconds of this machine's clock. */
  at: number;
}

interface IWaiting {
  place: IPlace;
  told: ITold;
}

/** Sends a report; throws when the course does not answer, answers null when it refuses for good. */
export type Send = (place: IPlace, report: IReport) => Promise<IWatched | null>;

/** The time in milliseconds, and something to be done later. */
export interface IClock {
  now(): number;
  after(length: number, does: () => void): void;
}

const MOST = 1000;
const SOON = 5_000;
const LATE = 300_000;

/**
 * What was watched, on its way to the course: one entry a video, kept through a lost connection, a reload and a
 * closed tab. A report that arrives twice changes nothing there, so what is not known to have arrived is sent
 * again.
 */
export class Queue {
  /** Called with what the course knows of a video now. */
  arrived: (place: IPlace, known: IWatched) => void = () => undefined;
  private running = false;
  private wait = SOON;
  private due = false;
  private readonly aside = new Map<string, string>();

  constructor(
    private readonly keep: IKeep | null,
    private readonly owner: string,
    private readonly send: Send,
    private readonly clock: IClock
  ) {}

  /** Where a video was left, of what waits here; null if nothing tells. */
  waiting(place: IPlace): number | null {
    return this.read(this.name(place))?.told.position ?? null;
  }

  /** Keep what was watched, and send it. */
  put(place: IPlace, told: Omit<ITold, 'at'>): void {
    const name = this.name(place);
    const known = this.read(name)?.told;
    const spans = union([...(known?.spans ?? []), ...told.spans]).slice(-MOST);
    const position = told.position ?? known?.position ?? null;
    const at = this.clock.now();
    this.write(name, { place, told: { ...told, position, spans, at } });
    void this.flush();
  }

  /** Send all that waits; what cannot be sent is tried again later. */
  async flush(): Promise<void> {
    if (this.running) {
      return;
    }
    this.running = true;
    let failed = false;
    for (const name of this.names()) {
      failed = !(await this.deliver(name)) || failed;
    }
    this.running = false;
    this.wait = failed ? Math.min(2 * this.wait, LATE) : SOON;
    if (this.names().length && !this.due) {
      this.due = true;
      this.clock.after(failed ? this.wait : 0, () => {
        this.due = false;
        void this.flush();
      });
    }
  }

  private async deliver(name: string): Promise<boolean> {
    const entry = this.read(name);
    if (!entry) {
      this.drop(name);
      return true;
    }
    const { at, ...told } = entry.told;
    const age = Math.max(0, this.clock.now() - at) / 1000;
    try {
      const known = await this.send(entry.place, {
        path: entry.place.path,
        ...told,
        age
      });
      if (known) {
        this.arrived(entry.place, known);
      }
    } catch {
      return false;
    }
    if (this.read(name)?.told.at === at) {
      this.drop(name);
    }
    return true;
  }

  private name(place: IPlace): string {
    return `${this.prefix}${place.course}/${place.lesson}/${place.path}`;
  }

  private get prefix(): string {
    return `courseware:watched:${this.owner}:`;
  }

  private names(): string[] {
    const found = [...this.aside.keys()];
    for (let at = 0; at < (this.keep?.length ?? 0); at++) {
      const name = this.keep?.key(at) ?? '';
      if (name.startsWith(this.prefix)) {
        found.push(name);
      }
    }
    return found;
  }

  private read(name: string): IWaiting | null {
    try {
      const text = this.aside.get(name) ?? this.keep?.getItem(name) ?? 'null';
      const found = JSON.parse(text) as IWaiting | null;
      return found && Array.isArray(found.told.spans) ? found : null;
    } catch {
      return null;
    }
  }

  private write(name: string, entry: IWaiting): void {
    const text = JSON.stringify(entry);
    try {
      if (!this.keep) {
        throw new Error('no storage');
      }
      this.keep.setItem(name, text);
      this.aside.delete(name);
    } catch {
      // A browser without storage (private window, full): it waits as long as the page is there.
      this.aside.set(name, text);
    }
  }

  private drop(name: string): void {
    this.aside.delete(name);
    this.keep?.removeItem(name);
  }
}
