import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { UUID } from '@lumino/coreutils';
import type { IPlan, PlanWish } from './plan';
import type { ISince } from './since';
import type {
  IGot,
  IHandedIn,
  ILessons,
  INotebookFeedback,
  IPacked,
  IPreview,
  IProblem,
  IPulse,
  IStatus,
  ISubmission
} from './types';
import type { IReport, IWatched } from './watched';

/** What the server refused, in its own sentence. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    detail: string,
    readonly details: readonly string[] = []
  ) {
    super(detail);
  }
}

/** Speaks to this Lab's own server extension; the course's credential stays there. */
export class Client {
  constructor(
    private readonly settings: ServerConnection.ISettings,
    /** The code of the language that sentences of the server are wanted in. */
    private readonly tongue: string,
    /**
     * The course that requests are about, empty until the server has told one. Each request names it, so that
     * none goes to the course that another window shows.
     */
    public course = ''
  ) {}

  /** The same for one course, whichever is shown. */
  of(course: string): Client {
    return new Client(this.settings, this.tongue, course);
  }

  status(): Promise<IStatus> {
    return this.ask('GET', 'status');
  }

  /** Use a join link; what comes of it is about its course. */
  join(link: string): Promise<IStatus> {
    return this.of('').ask('POST', 'join', { link });
  }

  serve(): Promise<IStatus> {
    return this.of('').ask('POST', 'serve');
  }

  /** Have a course be the first from now on, and go on with it. */
  choose(course: string): Promise<IStatus> {
    return this.of(course).ask('POST', 'choose');
  }

  lessons(): Promise<ILessons> {
    return this.ask('GET', 'lessons');
  }

  get(lesson: string): Promise<IGot> {
    return this.ask('POST', this.lesson(lesson, 'get'));
  }

  files(lesson: string): Promise<{ files: string[] }> {
    return this.ask('GET', this.lesson(lesson, 'files'));
  }

  submit(lesson: string): Promise<IHandedIn> {
    return this.ask('POST', this.lesson(lesson, 'submit'));
  }

  keepCopy(lesson: string): Promise<{ release: number }> {
    return this.ask('POST', this.lesson(lesson, 'keep-copy'));
  }

  continueHere(lesson: string): Promise<IGot> {
    return this.ask('POST', this.lesson(lesson, 'continue-here'));
  }

  /** Put a lesson to take along into the root. */
  pack(lesson: string): Promise<IPacked> {
    return this.ask('POST', this.lesson(lesson, 'pack'));
  }

  /** What an update of the copy would do. */
  preview(lesson: string): Promise<IPreview> {
    return this.ask('GET', this.lesson(lesson, 'update'));
  }

  update(lesson: string): Promise<IGot> {
    return this.ask('POST', this.lesson(lesson, 'update'));
  }

  undoUpdate(lesson: string): Promise<IGot> {
    return this.ask('POST', this.lesson(lesson, 'undo-update'));
  }

  /** Where the course's own pages are; with a link that signs the browser in, where this Lab may make one. */
  pages(page: string): Promise<{ url: string; signed_in: boolean }> {
    return this.ask('POST', 'pages', { page });
  }

  submission(id: string): Promise<ISubmission> {
    return this.ask('GET', `submissions/${encodeURIComponent(id)}`);
  }

  /** All hand-ins of a lesson; none of them is ever removed. */
  async submissions(lesson: string): Promise<ISubmission[]> {
    const path = this.lesson(lesson, 'submissions');
    const found = await this.ask<{ submissions: ISubmission[] }>('GET', path);
    return found.submissions;
  }

  /** The signed receipt of a hand-in, as it is checked without a network. */
  receipt(id: string): Promise<object> {
    return this.api('GET', `submissions/${encodeURIComponent(id)}/receipt`);
  }

  async feedback(id: string): Promise<INotebookFeedback[]> {
    const path = `submissions/${encodeURIComponent(id)}/feedback`;
    const found = await this.ask<{ notebooks: INotebookFeedback[] }>(
      'GET',
      path
    );
    return found.notebooks;
  }

  /** What is new in a course since the last visit; asking is being here. */
  since(course: string): Promise<ISince> {
    return this.api('GET', `courses/${encodeURIComponent(course)}/since`);
  }

  /** One's own hours a week and zone. */
  plan(course: string): Promise<IPlan> {
    return this.api('GET', `courses/${encodeURIComponent(course)}/plan`);
  }

  /** Shift one's dates, choose hours, pause or move; the plan that comes of it. */
  changePlan(course: string, wish: PlanWish): Promise<IPlan> {
    const route = `courses/${encodeURIComponent(course)}/plan`;
    return this.api('POST', route, wish, {}, UUID.uuid4());
  }

  /** What somebody watched of a lesson's videos, on all machines. */
  async watched(course: string, lesson: string): Promise<IWatched[]> {
    const told = await this.api<{ videos: IWatched[] }>(
      'GET',
      watchedOf(course, lesson)
    );
    return told.videos;
  }

  /** Tell what was watched; it goes out while the page is being left, too. */
  async watch(
    course: string,
    lesson: string,
    report: IReport
  ): Promise<IWatched> {
    const answer = await this.request(
      'PUT',
      `api/${watchedOf(course, lesson)}`,
      { body: report, keepalive: true }
    );
    return (await answer.json()) as IWatched;
  }

  /** What an author asks about a notebook of a course folder. */
  async author<T>(verb: string, body: object): Promise<T> {
    const answer = await this.request('POST', `author/${verb}`, { body });
    return (await answer.json()) as T;
  }

  pulse(): Promise<IPulse> {
    return this.ask('GET', 'pulse');
  }

  /** One call of the course's own API, through this Lab's proxy; `key` makes a second try the same write. */
  async api<T>(
    method: string,
    route: string,
    body?: object,
    query: Record<string, string> = {},
    key?: string
  ): Promise<T> {
    const headers: Record<string, string> = key
      ? { 'Idempotency-Key': key }
      : {};
    const answer = await this.request(method, `api/${route}`, {
      body,
      query,
      headers
    });
    return (await answer.json()) as T;
  }

  /** What a route tells, with its tag; null if that is what the caller has already. */
  async news<T>(
    route: string,
    tag: string
  ): Promise<{ told: T; tag: string } | null> {
    const headers: Record<string, string> = tag ? { 'If-None-Match': tag } : {};
    const answer = await this.request('GET', `api/${route}`, { headers });
    if (answer.status === 304) {
      return null;
    }
    return {
      told: (await answer.json()) as T,
      tag: answer.headers.get('ETag') ?? ''
    };
  }

  private lesson(slug: string, verb: string): string {
    return `lessons/${encodeURIComponent(slug)}/${verb}`;
  }

  private async ask<T>(
    method: string,
    path: string,
    body?: Record<string, string>
  ): Promise<T> {
    return (await (await this.request(method, path, { body })).json()) as T;
  }

  /** The one place that makes a request; `no_track_activity` lets an idle server be stopped. */
  private async request(
    method: string,
    path: string,
    given: {
      body?: object;
      query?: Record<string, string>;
      headers?: Record<string, string>;
      keepalive?: boolean;
    }
  ): Promise<Response> {
    const address = URLExt.join(this.settings.baseUrl, 'courseware', path);
    const reads = method === 'GET';
    const about: Record<string, string> = this.course
      ? { 'Courseware-Course': this.course }
      : {};
    const quiet: Record<string, string> = reads
      ? { no_track_activity: '1' }
      : {};
    const query = new URLSearchParams({ ...given.query, ...quiet }).toString();
    const answer = await ServerConnection.makeRequest(
      query ? `${address}?${query}` : address,
      {
        method,
        headers: {
          'Courseware-Language': this.tongue,
          ...about,
          ...given.headers
        },
        keepalive: given.keepalive ?? false,
        body: reads ? undefined : JSON.stringify(given.body ?? {})
      },
      this.settings
    );
    if (!answer.ok && answer.status !== 304) {
      const problem = (await answer
        .json()
        .catch(() => null)) as IProblem | null;
      throw new Refusal(
        problem?.code ?? 'failed',
        problem?.detail ?? answer.statusText,
        problem?.details ?? []
      );
    }
    return answer;
  }
}

function watchedOf(course: string, lesson: string): string {
  return `courses/${encodeURIComponent(course)}/lessons/${encodeURIComponent(lesson)}/watched`;
}
