export { backUpOnce, readBytes, writeBytes } from '../../home/files.ts'
