import type { Article as AnyArticle, ImageObject, NewsArticle, NewsMediaOrganization, Thing, WithContext } from 'schema-dts'
import type { Article } from '../articles/working/schemas.ts'
import { said } from '../copy/said.ts'
import { bodyText } from '../sections/plain.ts'
import type { Publication } from '../site/store.ts'
import { alternatesOf, isPicture, type Picture, picturesOf, type Source, uriOf } from './source.ts'

const imageOf = ({ url, caption, alt, credit, width, height }: Picture): ImageObject =>
  said<Extract<ImageObject, { '@type': 'ImageObject' }>>({
    '@type': 'ImageObject',
    url,
    caption: caption ?? alt,
    creditText: credit,
    width: width === null ? null : { '@type': 'QuantitativeValue', value: width, unitCode: 'E37' },
    height: height === null ? null : { '@type': 'QuantitativeValue', value: height, unitCode: 'E37' },
  })

/** Who publishes (schema.org NewsMediaOrganization). */
export function organisationOf({ name, url, logo, publisher, social }: Publication): NewsMediaOrganization {
  const picture = [publisher?.logo, logo].find(isPicture)
  return said<Extract<NewsMediaOrganization, { '@type': 'NewsMediaOrganization' }>>({
    '@type': 'NewsMediaOrganization',
    name: publisher?.name ?? name,
    legalName: publisher?.legalName,
    url: publisher?.url ?? url,
    logo: picture && imageOf(picture),
    email: publisher?.email,
    foundingDate: publisher?.foundingDate,
    publishingPrinciples: publisher?.publishingPrinciples,
    correctionsPolicy: publisher?.correctionsPolicy,
    ethicsPolicy: publisher?.ethicsPolicy,
    sameAs: [...(publisher?.sameAs ?? []), ...social.map((profile) => profile.url)],
  })
}

const typeOfKind: Partial<Record<Article['topics'][number]['kind'], 'Person' | 'Organization' | 'Place' | 'Event'>> = {
  person: 'Person',
  organisation: 'Organization',
  place: 'Place',
  event: 'Event',
}

const aboutOf = ({ topics }: Article): Thing[] =>
  topics.filter(({ kind }) => kind !== 'section').map(({ name, kind }) => ({ '@type': typeOfKind[kind] ?? 'Thing', name }) as Thing)

const genres: Record<string, 'OpinionNewsArticle' | 'AnalysisNewsArticle' | 'BackgroundNewsArticle' | 'ReviewNewsArticle'> = {
  opinion: 'OpinionNewsArticle',
  analysis: 'AnalysisNewsArticle',
  background: 'BackgroundNewsArticle',
  review: 'ReviewNewsArticle',
}

/**
 * A story as JSON-LD (schema.org NewsArticle, or the kind of it that its genre says): its sections as `hasPart`, its corrections as
 * `correction`, what of the page may be read aloud as `speakable`.
 */
export function jsonLdOf(source: Source): WithContext<NewsArticle> {
  const { article, site } = source
  const uri = uriOf(article)
  const part = (anchor: string) => `${uri}#${anchor}`
  const parts = article.sections.map((section): AnyArticle | object =>
    said({
      '@type': 'WebPageElement',
      '@id': part(section.anchor),
      name: section.heading,
      // An anchor may begin with a digit, and the name in a selector may not.
      cssSelector: /^[a-z]/i.test(section.anchor) ? `#${section.anchor}` : `[id="${section.anchor}"]`,
      text: bodyText(section.body) || null,
    }),
  )
  const cited = [article.source?.url, ...article.related.map(({ target }) => (target?.type === 'url' ? target.url : (target?.article?.url ?? null)))]
  return said<WithContext<Extract<NewsArticle, { '@type': 'NewsArticle' }>>>({
    '@context': 'https://schema.org',
    '@type': (genres[article.genre?.toLowerCase() ?? ''] ?? 'NewsArticle') as 'NewsArticle',
    '@id': uri,
    url: article.url,
    mainEntityOfPage: article.url === null ? null : { '@type': 'WebPage', '@id': article.url },
    identifier: `urn:uuid:${article.id}`,
    version: article.revision,
    headline: article.headline,
    alternativeHeadline: article.alternativeHeadline,
    description: article.seo?.description ?? article.excerpt,
    inLanguage: article.language,
    dateline: article.dateline,
    datePublished: article.publishedAt,
    dateModified: article.updatedAt,
    author: article.authors.map(({ name, image }) => said({ '@type': 'Person' as const, name, image: isPicture(image) ? imageOf(image) : null })),
    publisher: organisationOf(site),
    image: picturesOf(source).map(imageOf),
    articleSection: article.topics.filter(({ kind }) => kind === 'section').map(({ name }) => name),
    keywords: article.topics.map(({ name }) => name),
    about: aboutOf(article),
    genre: article.genre,
    wordCount: article.wordCount,
    timeRequired: article.readingTime > 0 ? `PT${article.readingTime}M` : null,
    hasPart: parts as never,
    correction: article.corrections.map(({ text, at }) => ({ '@type': 'CorrectionComment' as const, text, datePublished: at })),
    speakable: { '@type': 'SpeakableSpecification', cssSelector: ['h1', '.standfirst'] },
    copyrightHolder: article.copyright?.holder ? { '@type': 'Organization', name: article.copyright.holder } : null,
    copyrightNotice: article.copyright?.notice,
    creditText: article.source?.name,
    workTranslation: alternatesOf(article)
      .slice(1)
      .map(({ language, url }) => ({ '@type': 'NewsArticle' as const, '@id': url, inLanguage: language })),
    citation: cited.filter((url) => typeof url === 'string'),
    discussionUrl: article.url && article.commentPolicy !== 'closed' ? `${article.url}#comments` : null,
  })
}
