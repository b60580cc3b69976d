/** What is new since the last visit, as lines to be read; pure, so that it is tested without a Lab. */
import type { IThread } from '../api/discussion';
import type { ISaid, ISince } from '../api/since';
import { ago, called, type IWords, named } from '../threads/words';

/** Where a line leads to. */
export type Jump =
  | { to: 'thread'; thread: string; lesson: string | null; key: string | null }
  | { to: 'marks'; lesson: string }
  | { to: 'lesson'; lesson: string };

/** One thing that is new: why it is told, what it is, more about it, and where it leads. */
export interface ILine {
  id: string;
  why: string;
  title: string;
  text: string;
  note: string;
  jump: Jump;
}

const LONG = 140;

/** The beginning of a text in one line, without the signs of Markdown and of calling somebody. */
export function excerpt(text: string): string {
  const line = text
    .replace(/@\[([^\]\n]{1,200})\]/g, '@$1')
    .replace(/^```.*$|^#+ |[`*]/gm, '')
    .split(/\s+/)
    .filter(part => part)
    .join(' ');
  return line.length <= LONG ? line : `${line.slice(0, LONG - 1).trimEnd()}…`;
}

/** How much is new, in a heading. */
export function headline(since: ISince, words: IWords): string {
  return since.news
    ? words._n('%1 thing is new', '%1 things are new', since.news)
    : words.__('Nothing is new');
}

/** Everything that is new: what was said, marks, lessons, new versions, and questions that wait for staff. */
export function lines(
  since: ISince,
  titles: ReadonlyMap<string, string>,
  now: Date,
  words: IWords
): ILine[] {
  const where = (thread: IThread): string[] =>
    thread.lesson ? [titles.get(thread.lesson) ?? thread.lesson] : [];
  return [
    ...since.talk.said.map(each => said(each, where(each.thread), now, words)),
    ...since.marked.map(each => ({
      id: each.submission,
      why: each.part ? words.__('Marked in part') : words.__('Marked'),
      title: each.title,
      text: '',
      note: words.__('%1 of %2 points', each.score, each.max_score),
      jump: { to: 'marks' as const, lesson: each.lesson }
    })),
    ...since.opened.map(each => ({
      id: `open ${each.lesson}`,
      why: words.__('Lesson opened'),
      title: each.title,
      text: '',
      note: ago(each.at, now, words),
      jump: { to: 'lesson' as const, lesson: each.lesson }
    })),
    ...since.released.map(each => ({
      id: `release ${each.lesson}`,
      why: words.__('New release'),
      title: each.title,
      text: excerpt(each.notes),
      note: `${words.__('Release %1', each.number)} · ${ago(each.at, now, words)}`,
      jump: { to: 'lesson' as const, lesson: each.lesson }
    })),
    ...since.talk.waiting.map(thread => ({
      id: `waits ${thread.id}`,
      why: words.__('Question without an answer'),
      title: called(thread, words),
      text: '',
      note: [
        named(thread.author, words),
        ...where(thread),
        ago(thread.created, now, words)
      ].join(' · '),
      jump: jump(thread)
    }))
  ];
}

function said(each: ISaid, where: string[], now: Date, words: IWords): ILine {
  const { thread, post } = each;
  const more =
    each.posts > 1
      ? [words._n('%1 new comment', '%1 new comments', each.posts)]
      : [];
  return {
    id: post.id,
    why: reason(each, words),
    title: called(thread, words),
    text: post.number > 1 || thread.title ? excerpt(post.body) : '',
    note: [
      named(post.author, words),
      ...where,
      ...more,
      ago(post.created, now, words)
    ].join(' · '),
    jump: jump(thread)
  };
}

function jump(thread: IThread): Jump {
  return {
    to: 'thread',
    thread: thread.id,
    lesson: thread.lesson,
    key: thread.key
  };
}

function reason(each: ISaid, words: IWords): string {
  switch (each.why) {
    case 'answer':
      return ['question', 'private'].includes(each.thread.kind)
        ? words.__('Answer to your question')
        : words.__('Reply to you');
    case 'mention':
      return words.__('You are named');
    case 'announcement':
      return words.__('Announcement');
    case 'reply':
      return words.__('Reply where you follow');
  }
}
