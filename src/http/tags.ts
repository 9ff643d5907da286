/** The tags of operations, in the order of the document, with what each is about. */
export const tags = {
  Articles: 'Stories, whole: with their sections and highlight lists.',
  Sections: 'The parts of a story, in document order.',
  'Highlight lists': 'The bullets of a story, and freestanding lists such as a front page’s top stories.',
  Comments: 'What readers say, and its moderation.',
  Authors: 'Who writes.',
  Topics: 'What it is about: topics, sections of the paper, series.',
  Site: 'What the newsroom says of itself, and what machines read of the whole.',
  Tokens: 'Who may do what.',
  Server: 'Whether the server is well.',
} as const

export type Tag = keyof typeof tags
