/**
 * ENOSPC (28) and EDQUOT (122), as MariaDB, its programs and InnoDB write the numbers of the operating system. For a
 * storage engine, 122 is an internal error: "Got error 122", "(errno: 122".
 */
const numbers =
  /\b(?:Errcode:|errno:|[Ee]rror(?: number)?) 28\b|\b(?:Errcode:|system error number|failed with error) 122\b/
const texts = /No space left on device|Disk quota exceeded|Disk (?:got |is )?full|Out of disk space/

/**
 * Whether a message of the server or of its programs says that a disk, or the quota of a user, is full. Capital letters
 * count: InnoDB adds "check that the disk is not full or a disk quota exceeded" to any failed write.
 */
export const namesFullDisk = (message: string): boolean => numbers.test(message) || texts.test(message)
