/**
 * In a separate file, because on Node 20 cached code cannot import a package (bin/compile-cache.ts): only this file is
 * compiled again at each start.
 */
export const loadInquirer = (): Promise<typeof import('inquirer')> => import('inquirer')
