import { UUID } from '@lumino/coreutils';
import type { Client } from './client';

/** The discussion as the course service tells it (`courseware/service/types_discussion.py`). */

export type Role = 'student' | 'grader' | 'instructor' | 'owner';
export type ThreadKind = 'question' | 'discussion' | 'private' | 'announcement';
export type Filter = 'all' | 'unread' | 'unanswered' | 'mine' | 'endorsed';
export type Reaction = 'thanks' | 'same' | 'insight';

export interface IAuthor {
  id: string | null;
  name: string;
  role: Role;
  me: boolean;
  anonymous: boolean;
}

export interface ICount {
  threads: number;
  posts: number;
  unread: number;
  open: number;
}

/** A cell that is talked about, as it was released. */
export interface ICellText {
  title: string;
  text: string;
  ended: boolean;
}

export interface IDiscussion {
  lesson: string;
  cells: Record<string, ICount>;
  general: ICount;
  origins: Record<string, string>;
  texts: Record<string, ICellText>;
  can: string[];
  /** Absent at a service that does not know moments of videos. */
  moments?: Record<string, IMoment[]>;
}

/** A thread about a second of a cell's first video. */
export interface IMoment {
  thread: string;
  second: number;
}

export interface IThread {
  id: string;
  lesson: string | null;
  key: string | null;
  moment?: number | null;
  kind: ThreadKind;
  title: string;
  state: 'open' | 'resolved';
  locked: boolean;
  pinned: boolean;
  endorsed: boolean;
  hidden: boolean;
  following: boolean;
  unread: number;
  posts: number;
  author: IAuthor;
  created: string;
  last: string;
  claimed_by: IAuthor | null;
  excerpt: string;
  can: string[];
}

export interface IAttachment {
  cell: string;
  traceback: string;
}

export interface IPost {
  id: string;
  thread: string;
  number: number;
  author: IAuthor;
  body: string;
  created: string;
  edited: string | null;
  edits: number;
  state: 'shown' | 'deleted' | 'hidden';
  endorsed: boolean;
  answer: boolean;
  reactions: { kind: Reaction; count: number; mine: boolean }[];
  attachment: IAttachment | null;
  can: string[];
}

export interface IThreads {
  threads: IThread[];
  next: string | null;
}

export interface IThreadPage {
  thread: IThread;
  posts: IPost[];
  earlier: string | null;
  later: string | null;
}

export interface INewThread {
  key: string | null;
  moment: number | null;
  kind: ThreadKind;
  title: string;
  body: string;
  anonymous: boolean;
  attachment: IAttachment | null;
}

export interface INewPost {
  body: string;
  anonymous: boolean;
  attachment: IAttachment | null;
}

export interface IWanted {
  key?: string;
  filter?: Filter;
  q?: string;
  cursor?: string;
}

/** A lesson of a course. */
export interface ILessonPlace {
  readonly course: string;
  readonly lesson: string;
}

/** The routes of the discussion. A write carries a key of its own, so that a second try writes once. */
export class DiscussionClient {
  constructor(
    private readonly client: Client,
    /** The course that is shown. */
    readonly course: () => string
  ) {}

  /** What every badge of a lesson shows; null if it is still what this tag stands for. */
  summary(
    place: ILessonPlace,
    tag: string
  ): Promise<{ told: IDiscussion; tag: string } | null> {
    return this.client.news(`${at(place)}/discussion`, tag);
  }

  threads(place: ILessonPlace, wanted: IWanted): Promise<IThreads> {
    const query = Object.entries(wanted).filter(
      ([, value]) => value !== undefined
    );
    return this.client.api(
      'GET',
      `${at(place)}/threads`,
      undefined,
      Object.fromEntries(query)
    );
  }

  ask(place: ILessonPlace, thread: INewThread, key: string): Promise<IThread> {
    const route = `${at(place)}/threads`;
    return this.client.api('POST', route, thread, {}, key);
  }

  thread(id: string, place: Record<string, string> = {}): Promise<IThreadPage> {
    return this.client.api('GET', `threads/${id}`, undefined, place);
  }

  reply(thread: string, post: INewPost, key: string): Promise<IPost> {
    return this.client.api('POST', `threads/${thread}/posts`, post, {}, key);
  }

  read(thread: string, number: number): Promise<void> {
    return this.write('PUT', `threads/${thread}/read`, { number });
  }

  follow(thread: string, following: boolean): Promise<IThread> {
    return this.write('PUT', `threads/${thread}/follow`, { following });
  }

  change(
    thread: string,
    change: Partial<Pick<IThread, 'state' | 'locked' | 'pinned' | 'key'>>
  ): Promise<IThread> {
    return this.write('PATCH', `threads/${thread}`, change);
  }

  changePost(
    post: string,
    change: Partial<Pick<IPost, 'body' | 'endorsed' | 'answer' | 'state'>>
  ): Promise<IPost> {
    return this.write('PATCH', `posts/${post}`, change);
  }

  react(post: string, kind: Reaction, on: boolean): Promise<IPost> {
    return this.write('PUT', `posts/${post}/reactions`, { kind, on });
  }

  report(post: string, reason: string): Promise<void> {
    return this.write('POST', `posts/${post}/reports`, { reason });
  }

  /** Members of the course whose names begin so, for mentions. */
  async names(q: string): Promise<{ id: string; name: string }[]> {
    const found = await this.client.api<{
      people: { id: string; name: string }[];
    }>(
      'GET',
      `courses/${encodeURIComponent(this.course())}/people/names`,
      undefined,
      { q }
    );
    return found.people;
  }

  private write<T>(method: string, route: string, body: object): Promise<T> {
    return this.client.api(method, route, body, {}, UUID.uuid4());
  }
}

function at(place: ILessonPlace): string {
  return `courses/${encodeURIComponent(place.course)}/lessons/${encodeURIComponent(place.lesson)}`;
}
