/**
 * Its own file: it alone is compiled anew at each start, since on Node 20 compiled code that is kept cannot import a
 * package (bin/compile-cache.ts).
 */
export const loadInquirer = (): Promise<typeof import('inquirer')> => import('inquirer')
