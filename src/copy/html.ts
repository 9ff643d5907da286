import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

// What no HTML may have, even escaped (the standard's control characters and noncharacters).
const unfit = /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/g

/** A text as HTML has it, also within an attribute; what HTML can’t have is left out. */
export const escapeHtml = (text: string): string => text.replace(unfit, '').replace(/[&<>"']/g, (sign) => signs[sign] as string)

type Sanitize = typeof import('sanitize-html')
let sanitizer: Sanitize | undefined

const allowed = {
  allowedTags:
    'p div h2 h3 h4 h5 h6 strong em code pre a br ul ol li blockquote figure figcaption cite small img iframe table caption thead tbody tr th td'.split(' '),
  allowedAttributes: {
    a: ['href'],
    div: ['id', 'lang', 'dir'],
    ...Object.fromEntries(['h2', 'h3', 'h4', 'h5', 'h6'].map((name) => [name, ['id']])),
    code: ['class'],
    img: ['src', 'alt', 'title', 'width', 'height', 'loading', 'decoding'],
    iframe: ['src', 'title', 'width', 'height', 'loading', 'allowfullscreen', 'referrerpolicy', 'sandbox'],
    th: ['scope'],
  },
  allowedClasses: { code: ['language-*'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowedSchemesByTag: { img: ['http', 'https'], iframe: ['https'] },
  allowProtocolRelative: false,
  allowIframeRelativeUrls: false,
  disallowedTagsMode: 'discard' as const,
  enforceHtmlBoundary: false,
}

/**
 * Lets of the HTML of a story pass what such HTML may have, and nothing else: no script, style, form or event, addresses of http,
 * https and mailto alone (an anchor is one of its own page), frames of the hosts that are given.
 */
export function sanitized(html: string, frameHosts: readonly string[]): string {
  // What has no tag is text; most phrases are.
  if (!html.includes('<')) return html.replace(unfit, '')
  // It is a large part of what the server would load; many a one never renders a story.
  sanitizer ??= require('sanitize-html') as Sanitize
  return sanitizer(html, { ...allowed, allowedIframeHostnames: [...frameHosts] })
    .replaceAll(' />', '>')
    .replace(unfit, '')
}
