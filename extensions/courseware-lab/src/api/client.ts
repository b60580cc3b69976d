import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type {
  IHandedIn,
  ILessons,
  INotebookFeedback,
  IProblem,
  IStatus,
  ISubmission
} from './types';

/** What the server refused, in its own sentence. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    detail: string
  ) {
    super(detail);
  }
}

/** Speaks to this Lab's own server extension; the course's credential stays there. */
export class Client {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  status(): Promise<IStatus> {
    return this.ask('GET', 'status');
  }

  join(link: string): Promise<IStatus> {
    return this.ask('POST', 'join', { link });
  }

  serve(): Promise<IStatus> {
    return this.ask('POST', 'serve');
  }

  lessons(): Promise<ILessons> {
    return this.ask('GET', 'lessons');
  }

  get(lesson: string): Promise<{ created: string[]; kept: string[] }> {
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

  continueHere(lesson: string): Promise<{ created: string[]; kept: string[] }> {
    return this.ask('POST', this.lesson(lesson, 'continue-here'));
  }

  submission(id: string): Promise<ISubmission> {
    return this.ask('GET', `submissions/${encodeURIComponent(id)}`);
  }

  async feedback(id: string): Promise<INotebookFeedback[]> {
    const path = `submissions/${encodeURIComponent(id)}/feedback`;
    const found = await this.ask<{ notebooks: INotebookFeedback[] }>(
      'GET',
      path
    );
    return found.notebooks;
  }

  pulse(): Promise<{ submissions: ISubmission[]; sent: number }> {
    return this.ask('GET', 'pulse');
  }

  private lesson(slug: string, verb: string): string {
    return `lessons/${encodeURIComponent(slug)}/${verb}`;
  }

  /** The one place that makes a request; `no_track_activity` lets an idle server be stopped. */
  private async ask<T>(
    method: string,
    path: string,
    body?: Record<string, string>
  ): Promise<T> {
    const address = URLExt.join(this.settings.baseUrl, 'courseware', path);
    const quiet = method === 'GET' ? '?no_track_activity=1' : '';
    const init =
      method === 'GET'
        ? { method }
        : { method, body: JSON.stringify(body ?? {}) };
    const answer = await ServerConnection.makeRequest(
      address + quiet,
      init,
      this.settings
    );
    if (!answer.ok) {
      const problem = (await answer
        .json()
        .catch(() => null)) as IProblem | null;
      throw new Refusal(
        problem?.code ?? 'failed',
        problem?.detail ?? answer.statusText
      );
    }
    return (await answer.json()) as T;
  }
}
