import type { TranslationBundle } from '@jupyterlab/translation';
import type { CourseModel } from './model';

/**
 * Open the course's own pages beside JupyterLab. The tab is made before anything is asked, since a browser lets
 * a page open one only while a key or a button is being pressed.
 */
export async function openPages(
  model: CourseModel,
  trans: TranslationBundle,
  page = ''
): Promise<void> {
  const tab = window.open('', '_blank');
  const told = await model.act(async () => {
    if (tab === null) {
      throw new Error(
        trans.__(
          'The browser keeps a new tab from opening. Allow it for this address, and try again.'
        )
      );
    }
    const { url } = await model.client.pages(page);
    if (!/^https?:$/.test(new URL(url).protocol)) {
      throw new Error(trans.__('The course told no address of its pages.'));
    }
    return url;
  });
  if (tab && told) {
    tab.opener = null;
    tab.location.replace(told);
  } else {
    tab?.close();
  }
}
