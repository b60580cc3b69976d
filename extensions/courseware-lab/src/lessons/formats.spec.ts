import * as React from 'react';
import type { ILesson } from '../api/types';
import { Formats } from './formats';
import { Said } from './said';
import { lesson } from './sample';

const words = { __: (text: string): string => `~${text}` };

/** What is shown of a lesson: each text, and the way in which it runs if it says so. */
function shown(more: Partial<ILesson>): string[] {
  const found = Formats({
    lesson: lesson(more),
    trans: words,
    children: 'the button'
  });
  return found ? texts(found) : [];
}

function texts(node: React.ReactNode): string[] {
  return React.Children.toArray(node).flatMap(each => {
    if (!React.isValidElement<React.HTMLAttributes<HTMLElement>>(each)) {
      return [String(each)];
    }
    const { children, dir } = each.props;
    if (each.type === Said) {
      return texts(Said(each.props as unknown as { text: string }));
    }
    return texts(children).map(text => (dir ? `${dir}: ${text}` : text));
  });
}

test('an older service, and one that grants nothing, show nothing', () => {
  expect(shown({})).toEqual([]);
  expect(shown({ formats: [] })).toEqual([]);
});

test('what staff wrote stays as it is, whichever way it runs', () => {
  expect(shown({ formats: ['<i>large print</i>', 'نص مكتوب'] })).toEqual([
    '~For you',
    'auto: <i>large print</i>',
    'auto: نص مكتوب',
    'the button',
    '~Only you and the staff see this.'
  ]);
});

test('a lesson that is not released has no page to open', () => {
  const told = shown({ formats: ['a transcript'], release: null });
  expect(told).toContain('auto: a transcript');
  expect(told).not.toContain('the button');
});
