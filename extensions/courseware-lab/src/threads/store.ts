import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import type {
  DiscussionClient,
  ICount,
  IDiscussion,
  IMoment
} from '../api/discussion';

const NONE: ICount = Object.freeze({
  threads: 0,
  posts: 0,
  unread: 0,
  open: 0
});
const REST = 25000;

/** The counts of one open lesson, kept fresh by one small request for all of its cells. */
export class LessonDiscussion {
  summary: IDiscussion | null = null;
  /** Whether what is told was told before, so that a change of it is news. */
  known = false;
  private readonly poll: Poll;
  private readonly told = new Signal<this, string[]>(this);
  private tag = '';
  private users = 0;

  constructor(
    readonly course: string,
    readonly lesson: string,
    private readonly client: DiscussionClient
  ) {
    this.poll = new Poll({
      name: `courseware-lab:discussion:${course}/${lesson}`,
      factory: () => this.load(),
      frequency: {
        interval: REST * (0.9 + 0.2 * Math.random()),
        backoff: true,
        max: 10 * REST
      },
      standby: 'when-hidden'
    });
  }

  /** The keys whose counts changed; all of them when the lesson's cells did. */
  get changed(): ISignal<this, string[]> {
    return this.told;
  }

  /** Whether the course knows this cell: a key that somebody made up has no discussion. */
  knows(key: string): boolean {
    return this.summary !== null && key in this.summary.origins;
  }

  count(key: string): ICount {
    return this.summary?.cells[key] ?? NONE;
  }

  /** The threads about moments of a cell's video. */
  moments(key: string): readonly IMoment[] {
    return this.summary?.moments?.[key] ?? [];
  }

  /** All discussions of the lesson together. */
  get total(): ICount {
    const parts = this.summary
      ? [this.summary.general, ...Object.values(this.summary.cells)]
      : [];
    return parts.reduce(
      (sum, part) => ({
        threads: sum.threads + part.threads,
        posts: sum.posts + part.posts,
        unread: sum.unread + part.unread,
        open: sum.open + part.open
      }),
      NONE
    );
  }

  can(what: string): boolean {
    return this.summary?.can.includes(what) ?? false;
  }

  /** Ask at once: after an own post, or when somebody comes back. */
  async refresh(): Promise<void> {
    await this.poll.refresh();
    await this.poll.tick;
  }

  use(): this {
    this.users += 1;
    return this;
  }

  /** Whether this was the last user; it is then at its end. */
  release(): boolean {
    this.users -= 1;
    if (this.users > 0) {
      return false;
    }
    this.poll.dispose();
    Signal.clearData(this);
    return true;
  }

  private async load(): Promise<void> {
    const found = await this.client.summary(this, this.tag);
    if (found === null) {
      return;
    }
    const before = this.summary;
    this.known = before !== null;
    this.summary = found.told;
    this.tag = found.tag;
    this.told.emit(changes(before, found.told));
  }
}

/** The keys whose badge looks different now. */
function changes(before: IDiscussion | null, after: IDiscussion): string[] {
  const keys = new Set([
    ...Object.keys(after.origins),
    ...Object.keys(before?.origins ?? {})
  ]);
  return [...keys].filter(key => {
    const [a, b] = [before?.cells[key] ?? NONE, after.cells[key] ?? NONE];
    const known = key in after.origins === key in (before?.origins ?? {});
    return (
      !known ||
      a.posts !== b.posts ||
      a.unread !== b.unread ||
      a.open !== b.open
    );
  });
}

/** The lessons that are looked at, each once however many panels show it. */
export class DiscussionStore {
  private readonly lessons = new Map<string, LessonDiscussion>();

  constructor(readonly client: DiscussionClient) {}

  /** A lesson of the course that is shown; it stays of that course, whichever is shown later. */
  open(lesson: string): LessonDiscussion {
    const course = this.client.course();
    const name = `${course}/${lesson}`;
    const found =
      this.lessons.get(name) ??
      new LessonDiscussion(course, lesson, this.client);
    this.lessons.set(name, found);
    return found.use();
  }

  close(lesson: LessonDiscussion): void {
    if (lesson.release()) {
      this.lessons.delete(`${lesson.course}/${lesson.lesson}`);
    }
  }
}
