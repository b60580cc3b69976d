import { VDomModel } from '@jupyterlab/ui-components';
import type {
  DiscussionClient,
  Filter,
  IAttachment,
  IPost,
  IThread,
  IThreadPage,
  Reaction
} from '../api/discussion';
import { type Drafts, type IDraft, sent } from './drafts';
import type { LessonDiscussion } from './store';

/** The notebook that a discussion belongs to, as far as the panel needs it. */
export interface IBook {
  /** A few words that name the cell; empty if this copy has it no more. */
  label(key: string): string;
  attachment(key: string): IAttachment | null;
  jump(key: string): void;
  /** The second at which the cell's first video stands; null where there is none or it was not begun. */
  moment(key: string): number | null;
  /** Play the cell's first video from a second. */
  seek(key: string, second: number): void;
}

/** What the panel shows: the threads of a cell, one thread, or all of a lesson. */
export type View = 'cell' | 'thread' | 'all';

/** The state of the panel. Everything that waits is asked for here; a refusal is shown, nothing is lost. */
export class PanelModel extends VDomModel {
  lesson: LessonDiscussion | null = null;
  book: IBook | null = null;
  view: View = 'all';
  key = '';
  filter: Filter = 'all';
  query = '';
  threads: IThread[] | null = null;
  page: IThreadPage | null = null;
  problem = '';
  sending = false;
  private next: string | null = null;
  private turn = 0;
  private shown = false;

  constructor(
    readonly client: DiscussionClient,
    readonly drafts: Drafts
  ) {
    super();
  }

  get more(): boolean {
    return this.next !== null;
  }

  /** Which lesson is in front; its notebook tells names of cells. */
  look(lesson: LessonDiscussion | null, book: IBook | null): void {
    if (this.lesson !== lesson) {
      this.lesson?.changed.disconnect(this.news, this);
      lesson?.changed.connect(this.news, this);
      this.lesson = lesson;
      this.page = null;
      this.view = 'all';
      this.threads = null;
      if (this.shown) {
        void this.list();
      }
    }
    this.book = book;
    this.stateChanged.emit();
  }

  /** Whether the panel can be seen; a list is asked for when it is, not before. */
  visible(shown: boolean): void {
    this.shown = shown;
    if (shown && this.view === 'all' && this.threads === null) {
      void this.list();
    }
  }

  /** What is said of a cell: its threads, or the one there is. Until that is known there are none. */
  async openCell(key: string): Promise<void> {
    this.view = 'cell';
    this.key = key;
    this.page = null;
    this.threads = null;
    const found = await this.list();
    if (found?.length === 1 && this.view === 'cell') {
      await this.openThread(found[0].id);
    }
  }

  async openAll(
    filter: Filter = this.filter,
    query = this.query
  ): Promise<void> {
    this.view = 'all';
    this.page = null;
    this.filter = filter;
    this.query = query;
    await this.list();
  }

  async openThread(
    id: string,
    place: Record<string, string> = {}
  ): Promise<void> {
    const turn = ++this.turn;
    this.view = 'thread';
    await this.attempt(async () => {
      const page = await this.client.thread(id, place);
      if (turn === this.turn) {
        this.page = joined(this.page, page, place);
      }
    });
    await this.seen();
  }

  async earlier(): Promise<void> {
    const page = this.page;
    if (page?.earlier) {
      await this.openThread(page.thread.id, { before: page.earlier });
    }
  }

  async later(): Promise<void> {
    const page = this.page;
    if (page?.later) {
      await this.openThread(page.thread.id, { after: page.later });
    }
  }

  /** One step back: from a thread to its list. */
  async back(): Promise<void> {
    const key = this.page?.thread.key ?? '';
    this.page = null;
    this.view = this.key && this.key === key ? 'cell' : 'all';
    await this.list();
  }

  /** The next page of the list. */
  async moreThreads(): Promise<void> {
    if (this.next) {
      await this.list(this.next);
    }
  }

  async ask(
    place: string,
    draft: IDraft,
    attach: boolean,
    moment: number | null
  ): Promise<boolean> {
    const { lesson, book } = this;
    const key = this.view === 'cell' ? this.key : null;
    if (!lesson) {
      return false;
    }
    return this.send(place, async () => {
      const thread = await this.client.ask(
        lesson,
        {
          key,
          moment: key ? moment : null,
          ...sent(draft),
          attachment: attach && key ? (book?.attachment(key) ?? null) : null
        },
        draft.key
      );
      await this.openThread(thread.id);
    });
  }

  async reply(place: string, draft: IDraft): Promise<boolean> {
    const thread = this.page?.thread;
    if (!thread) {
      return false;
    }
    return this.send(place, async () => {
      const post = {
        body: draft.body,
        anonymous: draft.anonymous,
        attachment: null
      };
      await this.client.reply(thread.id, post, draft.key);
      await this.openThread(thread.id, { after: this.lastPlace() });
    });
  }

  async changeThread(
    change: Partial<Pick<IThread, 'state' | 'locked' | 'pinned'>>
  ): Promise<void> {
    await this.onThread(thread => this.client.change(thread.id, change));
  }

  async follow(following: boolean): Promise<void> {
    await this.onThread(thread => this.client.follow(thread.id, following));
  }

  async changePost(
    post: IPost,
    change: Partial<Pick<IPost, 'body' | 'endorsed' | 'answer' | 'state'>>
  ): Promise<boolean> {
    const done = await this.onPost(() =>
      this.client.changePost(post.id, change)
    );
    // What becomes of a post can be told of its thread: an answer settles it, its title goes with its text.
    if (done) {
      await this.onThread(async ({ id }) => {
        const after = this.lastPlace();
        return (await this.client.thread(id, { after })).thread;
      });
    }
    return done;
  }

  async react(post: IPost, kind: Reaction, on: boolean): Promise<void> {
    await this.onPost(() => this.client.react(post.id, kind, on));
  }

  async report(post: IPost, reason: string): Promise<boolean> {
    return this.attempt(() => this.client.report(post.id, reason));
  }

  dispose(): void {
    this.lesson?.changed.disconnect(this.news, this);
    super.dispose();
  }

  /** Load the list, or its next page; what stands there now. */
  private async list(cursor?: string): Promise<readonly IThread[] | null> {
    const { lesson } = this;
    const turn = ++this.turn;
    if (!lesson) {
      return null;
    }
    const wanted =
      this.view === 'cell'
        ? { key: this.key, cursor }
        : { filter: this.filter, q: this.query || undefined, cursor };
    await this.attempt(async () => {
      const found = await this.client.threads(lesson, wanted);
      if (turn === this.turn) {
        const before = cursor ? (this.threads ?? []) : [];
        this.threads = [...before, ...found.threads];
        this.next = found.next;
      }
    });
    return this.threads;
  }

  /** What others wrote meanwhile: the list is loaded anew; a thread that is being read is not moved. */
  private news(_: LessonDiscussion, keys: string[]): void {
    const shown = this.view === 'thread' ? this.page?.thread.key : this.key;
    if (!this.lesson?.known) {
      // The counts of a lesson came for the first time; its list is on its way, if it is looked at.
    } else if (!this.shown && this.view === 'all') {
      this.threads = null;
    } else if (this.view === 'all' || (shown && keys.includes(shown))) {
      if (this.view === 'thread' && this.page && !this.page.later) {
        void this.openThread(this.page.thread.id, { after: this.lastPlace() });
      } else if (this.view !== 'thread') {
        void this.list();
      }
    }
    this.stateChanged.emit();
  }

  private lastPlace(): string {
    return String(this.page?.posts.at(-1)?.number ?? 0);
  }

  /** Say that what is on the screen was seen. */
  private async seen(): Promise<void> {
    const page = this.page;
    const last = page?.posts.at(-1);
    if (page && last && page.thread.unread > 0) {
      await this.client.read(page.thread.id, last.number).catch(() => null);
      await this.lesson?.refresh().catch(() => null);
    }
  }

  private async send(
    place: string,
    does: () => Promise<void>
  ): Promise<boolean> {
    this.sending = true;
    this.stateChanged.emit();
    const done = await this.attempt(async () => {
      await does();
      this.drafts.drop(place);
    });
    this.sending = false;
    this.stateChanged.emit();
    if (done) {
      await this.lesson?.refresh().catch(() => null);
    }
    return done;
  }

  private async onThread(
    does: (thread: IThread) => Promise<IThread>
  ): Promise<void> {
    await this.attempt(async () => {
      const page = this.page;
      if (page) {
        this.page = { ...page, thread: await does(page.thread) };
      }
    });
    await this.lesson?.refresh().catch(() => null);
  }

  private async onPost(does: () => Promise<IPost>): Promise<boolean> {
    return this.attempt(async () => {
      const after = await does();
      if (this.page) {
        const posts = this.page.posts.map(post =>
          post.id === after.id ? after : post
        );
        this.page = { ...this.page, posts };
      }
    });
  }

  private async attempt(does: () => Promise<void>): Promise<boolean> {
    try {
      await does();
      this.problem = '';
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
    this.stateChanged.emit();
    return !this.problem;
  }
}

/** A page put before or after what is on the screen already. */
function joined(
  before: IThreadPage | null,
  page: IThreadPage,
  place: Record<string, string>
): IThreadPage {
  if (!before || before.thread.id !== page.thread.id) {
    return page;
  }
  if ('before' in place) {
    return {
      ...page,
      posts: [...page.posts, ...before.posts],
      later: before.later
    };
  }
  if ('after' in place) {
    return {
      ...page,
      posts: [...before.posts, ...page.posts],
      earlier: before.earlier
    };
  }
  return page;
}
