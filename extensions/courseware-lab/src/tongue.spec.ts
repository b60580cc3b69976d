import { locale, speak, tongue } from './tongue';

const english = { __: (text: string) => text };
const arabic = { __: (text: string) => (text === 'en' ? 'ar' : '؟') };

test('words are in the language that their catalogue names', () => {
  expect([tongue(english), tongue(arabic)]).toEqual(['en', 'ar']);
  expect(locale(english)).toBeUndefined();
  const date = new Date('2026-11-23T12:00:00Z');
  const style = { dateStyle: 'long', timeZone: 'UTC' } as const;
  const said = new Intl.DateTimeFormat(locale(arabic), style).format(date);
  expect(said).toContain('23 نوفمبر 2026');
});

test('an element says its language and which way it runs', () => {
  const node = { lang: '', dir: '' } as HTMLElement;
  speak(node, arabic);
  expect([node.lang, node.dir]).toEqual(['ar', 'rtl']);
  speak(node, english);
  expect([node.lang, node.dir]).toEqual(['en', 'ltr']);
});
