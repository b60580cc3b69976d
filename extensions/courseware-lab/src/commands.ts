import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';

/** What a command says of its arguments if it takes none. */
const NONE = { args: { type: 'object' as const, properties: {} } };

type Add = (
  command: string,
  label: string,
  execute: () => void,
  isEnabled: () => boolean
) => void;

/** A function that makes commands without arguments, which stand in this category of the palette. */
export function adding(
  app: JupyterFrontEnd,
  palette: ICommandPalette | null | undefined,
  category: string
): Add {
  return (command, label, execute, isEnabled) => {
    app.commands.addCommand(command, {
      label,
      describedBy: NONE,
      isEnabled,
      execute
    });
    palette?.addItem({ command, category });
  };
}
