declare module 'proxy-from-env' {
  /** Empty: none. */
  export const getProxyForUrl: (url: string) => string
}
