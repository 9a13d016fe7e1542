import { getProxyForUrl } from 'proxy-from-env'

const loopback = /^(?:ws|http):\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])[:/]/

export const onLoopback = (url: string): boolean => loopback.test(url)

/** HTTPS_PROXY and NO_PROXY know no websockets; they are asked about the same address by http. */
export const findProxy = (url: string): string | undefined => {
  if (onLoopback(url)) return undefined
  const proxy = getProxyForUrl(url.replace(/^ws/, 'http'))
  return proxy === '' ? undefined : proxy
}

/** Without the name and password that may stand in it. */
export const publicPart = (proxy: string): string => {
  try {
    return new URL(proxy).origin
  } catch {
    return 'the proxy'
  }
}

/** Loaded by those who have a proxy: most connections go without, and each one waits for what is loaded. */
export const agentFor = async (proxy: string | undefined) => {
  if (proxy === undefined) return undefined
  const { HttpsProxyAgent } = await import('https-proxy-agent')
  return new HttpsProxyAgent(proxy)
}
