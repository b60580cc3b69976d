import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Desk } from './desk';
import type { DiscussionPanel } from './panel';
import { adding } from '../commands';

/** Discussions by palette, cell toolbar and keyboard. */
export function addCommands(
  app: JupyterFrontEnd,
  desk: Desk,
  panel: DiscussionPanel,
  trans: TranslationBundle,
  palette: ICommandPalette | null
): void {
  const add = adding(app, palette, trans.__('Course'));
  app.commands.addCommand('courseware:open-thread', {
    label: trans.__('Open a discussion'),
    describedBy: {
      args: {
        type: 'object' as const,
        required: ['thread'],
        properties: {
          thread: { type: 'string' },
          lesson: { type: ['string', 'null'] },
          key: { type: ['string', 'null'] }
        }
      }
    },
    execute: async args => {
      const origin = document.activeElement as HTMLElement | null;
      const text = (name: string): string => String(args[name] ?? '');
      const scroll = await desk.goTo(text('lesson'), text('key'));
      app.shell.activateById(panel.id);
      panel.enter(origin);
      scroll();
      await panel.model.openThread(text('thread'));
    }
  });
  const ready = (): boolean => desk.ready;
  add(
    'courseware:discussion',
    trans.__('Show the discussion'),
    () => {
      app.shell.activateById(panel.id);
      panel.enter(document.activeElement as HTMLElement | null);
    },
    () => true
  );
  add(
    'courseware:discuss-cell',
    trans.__('Discuss this cell'),
    () => desk.discuss(),
    ready
  );
  add(
    'courseware:next-discussion',
    trans.__('Next discussion'),
    () => desk.step(1),
    ready
  );
  add(
    'courseware:previous-discussion',
    trans.__('Previous discussion'),
    () => desk.step(-1),
    ready
  );
}
