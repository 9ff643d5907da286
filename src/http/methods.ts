const reads = ['GET', 'HEAD', 'OPTIONS']

/** Whether a method changes nothing (RFC 9110, 9.2.1). */
export const isSafe = (method = ''): boolean => reads.includes(method)
