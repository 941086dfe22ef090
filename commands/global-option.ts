import { Option } from 'commander'

/** Marks the flags that every command takes, to tell `--user` of the connection from the `--user` of an order. */
export class GlobalOption extends Option {}
