import { VDomModel } from '@jupyterlab/ui-components';
import type { Client } from '../api/client';
import type { IProgress } from '../api/progress';
import type { ISince } from '../api/since';
import type {
  IGot,
  IHandedIn,
  ILesson,
  ILessons,
  IPulse,
  IStatus,
  ISubmission
} from '../api/types';
import { after, finished, handed } from './round';
import { busy, wait } from './words';

const AWAY = 30 * 60 * 1000;

/** The course as the panel shows it. Everything that waits is asked for here. */
export class CourseModel extends VDomModel {
  status: IStatus | null = null;
  lessons: ILesson[] = [];
  since: ISince | null = null;
  progress: IProgress | null = null;
  away = '';
  problem = '';
  working = false;
  /** What came of the last time that files were got, or why none were; told at the lesson that it was about. */
  got: { lesson: string; told: IGot | null; refused: string } | null = null;
  private timer = 0;
  private step = 0;
  private round = 0;
  private next: number | null = null;
  private left: number | null = null;
  private turn = 0;
  private wished = '';

  constructor(readonly client: Client) {
    super();
  }

  /** The course that is shown, or on its way; empty where there is none. */
  get course(): string {
    return this.wished || (this.status?.course?.slug ?? '');
  }

  /** Load everything anew. */
  async refresh(): Promise<void> {
    this.round = 0;
    await this.attempt(() => this.load(this.client, this.turn));
    void this.catchUp();
    this.watch();
  }

  /** Show another course, now and the next time; of two that are chosen at once, the second. */
  async choose(course: string): Promise<void> {
    this.wished = course;
    await this.go(() => this.client.choose(course));
  }

  /** Use a join link, and show the course that it leads to. Whether it did. */
  async join(link: string): Promise<boolean> {
    this.working = true;
    const gone = await this.go(() => this.client.join(link));
    this.working = false;
    this.stateChanged.emit();
    return gone;
  }

  /** Go to the course that is told; whether it is shown now. */
  private async go(asks: () => Promise<IStatus>): Promise<boolean> {
    const turn = ++this.turn;
    let gone = false;
    this.stateChanged.emit();
    await this.attempt(async () => {
      const told = await asks();
      await this.load(this.client.of(told.course?.slug ?? ''), turn);
      gone = turn === this.turn;
    });
    if (turn === this.turn) {
      this.wished = '';
      this.stateChanged.emit();
      void this.catchUp();
      this.watch();
    }
    return gone;
  }

  /** Ask for a course and its lessons, and show both at once, unless another one was chosen meanwhile. */
  private async load(client: Client, turn: number): Promise<void> {
    const status = await client.status();
    let found: ILessons | null = null;
    try {
      if (status.connected) {
        found = await client.of(status.course?.slug ?? '').lessons();
      }
    } finally {
      if (turn === this.turn) {
        this.take(status, found);
      }
    }
  }

  /** What was told; of the course before it nothing is shown any more, or asked for. */
  private take(status: IStatus, found: ILessons | null): void {
    const course = status.course?.slug ?? '';
    if (course !== (this.status?.course?.slug ?? '')) {
      this.lessons = [];
      this.progress = null;
      this.since = null;
      this.got = null;
      this.next = null;
      this.round = 0;
    }
    if (found) {
      this.lessons = found.lessons;
      this.progress = found.progress;
      this.away = found.away;
    }
    this.client.course = status.connected ? course : '';
    this.status = status;
  }

  /** Do something that the person asked for; its refusal is shown, and the lessons are loaded anew. */
  async act<T>(does: () => Promise<T>): Promise<T | null> {
    this.working = true;
    this.stateChanged.emit();
    let result: T | null = null;
    await this.attempt(async () => {
      result = await does();
    });
    this.working = false;
    const told = this.problem;
    this.step = 0;
    await this.refresh();
    this.problem = told || this.problem;
    this.stateChanged.emit();
    return result;
  }

  /** Get files of a lesson, and keep what came of it to be shown. */
  async fetch(
    lesson: ILesson,
    does: () => Promise<IGot>
  ): Promise<IGot | null> {
    this.got = null;
    const told = await this.act(does);
    this.got = {
      lesson: lesson.slug,
      told,
      refused: told ? '' : this.problem
    };
    if (!told && this.status?.connected) {
      // It is told at the lesson, which is on the screen.
      this.problem = '';
    }
    this.stateChanged.emit();
    return told;
  }

  /** Say one thing more about the files that were got last. */
  note(sentence: string): void {
    if (this.got?.told) {
      const { told } = this.got;
      const notes = [...told.notes, sentence];
      this.got = { ...this.got, told: { ...told, notes } };
      this.stateChanged.emit();
    }
  }

  /** Hand in a lesson. The state of it is shown at once and asked for soon; the rest is loaded after that. */
  async submit(slug: string): Promise<IHandedIn | null> {
    this.working = true;
    this.stateChanged.emit();
    let told: IHandedIn | null = null;
    await this.attempt(async () => {
      const turn = this.turn;
      told = await this.client.submit(slug);
      if (turn === this.turn) {
        this.lessons = handed(this.lessons, slug, told);
      }
    });
    this.working = false;
    this.step = 0;
    if (told === null || (told as IHandedIn).queued) {
      const problem = this.problem;
      await this.refresh();
      this.problem = problem || this.problem;
    } else {
      this.watch();
    }
    this.stateChanged.emit();
    return told;
  }

  /** The lesson whose working copy holds a path. */
  lessonAt(path: string): ILesson | null {
    return (
      this.lessons.find(
        lesson => lesson.copy && path.startsWith(`${lesson.copy.path}/`)
      ) ?? null
    );
  }

  /** Ask once a visit what is new; where the service is away, later. */
  private async catchUp(): Promise<void> {
    const course = this.status?.course?.slug;
    if (!course || !this.status?.connected || this.away || this.since) {
      return;
    }
    const since = await this.client.since(course).catch(() => null);
    if (this.status?.course?.slug === course) {
      this.since = since;
      this.stateChanged.emit();
    }
  }

  dispose(): void {
    window.clearTimeout(this.timer);
    super.dispose();
  }

  private async attempt(does: () => Promise<void>): Promise<void> {
    try {
      await does();
      this.problem = '';
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
    this.stateChanged.emit();
  }

  /** Ask again while something is on its way; quickly at first, not at all while nobody looks. */
  private watch(): void {
    window.clearTimeout(this.timer);
    const moving = this.lessons
      .map(lesson => lesson.submission)
      .filter((work): work is ISubmission => busy(work));
    const queued = this.lessons.some(lesson => lesson.outbox > 0);
    if (this.isDisposed) {
      return;
    }
    const eta = this.next ?? (moving.length ? moving[0].eta_seconds : 25);
    const pause =
      moving.length || queued
        ? wait(this.step++, queued ? 5 : eta, Math.random())
        : wait(99, this.next ?? 25, Math.random());
    this.timer = window.setTimeout(() => void this.look(), pause);
  }

  /** Show what was finished at once; everything else is loaded behind it. */
  private async conclude(told: IPulse | null): Promise<void> {
    const ids = told ? finished(this.lessons, told) : [];
    const works = await Promise.all(
      ids.map(id => this.client.submission(id).catch(() => null))
    );
    for (const work of works) {
      if (work) {
        this.lessons = this.lessons.map(lesson =>
          lesson.submission?.id === work.id
            ? { ...lesson, submission: work }
            : lesson
        );
        this.stateChanged.emit();
      }
    }
  }

  private async look(): Promise<void> {
    if (document.hidden) {
      this.left ??= Date.now();
      this.watch();
      return;
    }
    if (this.left !== null && Date.now() - this.left > AWAY) {
      // Somebody comes back after a pause: that is another visit.
      this.since = null;
      void this.catchUp();
    }
    this.left = null;
    const turn = this.turn;
    const told = await this.client.pulse().catch(() => null);
    if (turn !== this.turn) {
      // Another course was chosen meanwhile, which is watched from there.
      return;
    }
    this.next = told?.next_seconds ?? null;
    const stood = !this.away && !this.problem && this.status?.away === false;
    const lessons =
      told && stood ? after(this.lessons, told, ++this.round) : null;
    if (!lessons) {
      await this.conclude(told);
      await this.refresh();
      return;
    }
    this.lessons = lessons;
    this.stateChanged.emit();
    this.watch();
  }
}
