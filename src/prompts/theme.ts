const keyNames: Readonly<Record<string, string>> = { '↑↓': 'up/down', '⏎': 'enter' }

/** The signs of inquirer, for a terminal that has none but those of ASCII. */
export const asciiTheme = {
  prefix: { idle: '?', done: 'ok' },
  icon: { cursor: '>', checked: '[x]', unchecked: '[ ]', disabledChecked: '[x]', disabledUnchecked: '-' },
  spinner: { interval: 80, frames: ['-', '\\', '|', '/'] },
  style: {
    keysHelpTip: (keys: readonly (readonly [key: string, action: string])[]) =>
      keys.map(([key, action]) => `${keyNames[key] ?? key} ${action}`).join(', '),
  },
}
