export { backUpOnce, readBytes, removeFile, writeBytes } from '../../home/files.ts'
