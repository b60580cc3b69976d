/** Counts, kinds and times of a discussion in words; pure, so that it is tested without a Lab. */
import type { IAuthor, ICount, IThread } from '../api/discussion';
import { type ITongue, locale } from '../tongue';

/** The part of a translation bundle that is used here. */
export interface IWords extends ITongue {
  _n(one: string, many: string, count: number, ...args: unknown[]): string;
}

/** What a badge says to somebody who hears it. */
export function badge(count: ICount, words: IWords): string {
  if (!count.posts) {
    return words.__('Start a discussion of this cell');
  }
  const parts = [words._n('%1 comment', '%1 comments', count.posts)];
  if (count.unread) {
    parts.push(words.__('%1 unread', count.unread));
  }
  if (count.open) {
    parts.push(words._n('%1 open question', '%1 open questions', count.open));
  }
  return parts.join(', ');
}

/** What stands on a badge: a plus where nobody spoke yet, or all of it was deleted. */
export function figure(count: ICount): string {
  return count.posts ? (count.posts > 99 ? '99+' : String(count.posts)) : '+';
}

/** What a thread is called: its title, or how it begins; nothing of that is left of a deleted one. */
export function called(
  thread: Pick<IThread, 'title' | 'excerpt'>,
  words: IWords
): string {
  return thread.title || thread.excerpt || words.__('[deleted]');
}

export function kind(thread: IThread, words: IWords): string {
  switch (thread.kind) {
    case 'question':
      return thread.state === 'resolved'
        ? words.__('Answered question')
        : words.__('Open question');
    case 'private':
      return words.__('Private, with staff');
    case 'announcement':
      return words.__('Announcement');
    case 'discussion':
      return words.__('Discussion');
  }
}

export function role(author: IAuthor, words: IWords): string {
  switch (author.role) {
    case 'grader':
      return words.__('Assistant');
    case 'instructor':
    case 'owner':
      return words.__('Instructor');
    case 'student':
      return '';
  }
}

/** What somebody is called; a pseudonym is a word of the language, a name is not. */
export function named(
  author: Pick<IAuthor, 'name' | 'anonymous'>,
  words: IWords
): string {
  return author.anonymous
    ? author.name.replace(/Anonymous (\d+)(?=\)?$)/, (_, number: string) =>
        words.__('Anonymous %1', number)
      )
    : author.name;
}

const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, 'minute'],
  [3600, 'hour'],
  [86400, 'day']
];

/** A time as people say it: "3 hours ago", after a week the date. */
export function ago(time: string, now: Date, words: IWords): string {
  const seconds = (now.getTime() - Date.parse(time)) / 1000;
  if (seconds < 60) {
    return words.__('just now');
  }
  if (seconds > 7 * 86400) {
    const style = { dateStyle: 'medium' } as const;
    return new Intl.DateTimeFormat(locale(words), style).format(new Date(time));
  }
  const [length, unit] =
    [...STEPS].reverse().find(([size]) => seconds >= size) ?? STEPS[0];
  const style = { numeric: 'auto' } as const;
  return new Intl.RelativeTimeFormat(locale(words), style).format(
    -Math.floor(seconds / length),
    unit
  );
}

const MENTION = /(?:^|\s)@([\p{L}\p{N}][\p{L}\p{N} .'-]{0,40})?$/u;

/** What follows an @ right before the caret; null where nobody is being named. */
export function mentioning(text: string, caret: number): string | null {
  const found = MENTION.exec(text.slice(0, caret));
  return found ? (found[1] ?? '') : null;
}

/** The text with the name put where the @ began, and where the caret goes. */
export function mention(
  text: string,
  caret: number,
  name: string
): { text: string; caret: number } {
  const begun = mentioning(text, caret) ?? '';
  const start = caret - begun.length - 1;
  const put = `@[${name}] `;
  return {
    text: text.slice(0, start) + put + text.slice(caret),
    caret: start + put.length
  };
}

/** The first line of a cell, without the signs of a heading; of a video its title. */
export function heading(source: string, words: IWords): string {
  const line = source.split('\n').find(each => each.trim()) ?? '';
  if (/^\s*<video\b/i.test(line)) {
    const [, double, single] =
      /\stitle=(?:"([^"]*)"|'([^']*)')/i.exec(line) ?? [];
    return double || single || words.__('Video');
  }
  return line.replace(/^#+\s*/, '');
}
