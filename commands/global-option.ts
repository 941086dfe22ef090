import { Option } from 'commander'

/** Marks the flags that every command takes, to tell `--user` of the connection from the `--user` of an order. */
export class GlobalOption extends Option {}

export function option(flags: string, description: string, parse?: (text: string) => unknown): GlobalOption {
  const made = new GlobalOption(flags, description)
  return parse === undefined ? made : made.argParser(parse)
}
