import { day, named, paragraphs, picture, type SeedStory, toSection } from './story.ts'

/** Stories in other languages: from right to left, and without spaces between words. */
export const ports: SeedStory[] = [
  {
    hoursAgo: 11 * day,
    article: {
      slug: 'old-harbour-lamps',
      language: 'ar',
      headline: 'المصابيح تعود إلى الميناء القديم',
      kicker: 'موانئ العالم',
      standfirst: 'بعد عشرين عامًا من العتمة، أضاء الصيادون رصيفهم بأنفسهم.',
      genre: 'feature',
      authors: named('layla-haddad'),
      topics: named('ports-of-the-world', 'harbour'),
      leadImage: picture('lamps', 'مصابيح على رصيف حجري', 'الرصيف عند الغروب.', 'ليلى حداد'),
      sections: [
        {
          heading: 'الرصيف',
          anchor: 'the-quay',
          body: paragraphs('كان الرصيف مظلمًا منذ أن انقطع **الكابل البحري**. كل مساء كان الصيادون يعودون على ضوء هواتفهم.'),
        },
        {
          heading: 'الحل',
          anchor: 'the-answer',
          body: [
            { type: 'list', ordered: true, items: [{ text: 'ثلاثون مصباحًا تعمل بالشمس' }, { text: 'وصندوق يدفع فيه كل قارب ما يستطيع' }] },
            { type: 'quote', text: 'لم ننتظر أحدًا.', attribution: 'أبو سامي، صياد' },
          ],
        },
      ],
      highlightLists: [{ title: 'باختصار', items: [toSection('the-quay'), toSection('the-answer', 'ثلاثون مصباحًا')] }],
    },
    comments: [{ name: 'سامي', body: 'شكرًا لأنكم كتبتم عن أبي.' }],
  },
  {
    hoursAgo: 14 * day,
    article: {
      slug: 'book-stall-by-the-port',
      language: 'he',
      headline: 'דוכן הספרים שליד הנמל',
      kicker: 'נמלי העולם',
      genre: 'feature',
      authors: named('noam-barak'),
      topics: named('ports-of-the-world', 'books'),
      sections: [
        { heading: 'הדוכן', anchor: 'the-stall', body: paragraphs('בכל בוקר פותחת רחל את הדוכן שלה, ולידו שלט קטן: *אפשר להחליף*. מי שמביא ספר לוקח ספר.') },
        { heading: 'הקונים', anchor: 'the-buyers', body: paragraphs('המלחים לוקחים רומנים עבים, אומרת רחל, כי ההפלגה ארוכה.') },
      ],
      highlightLists: [{ title: 'בקצרה', items: [toSection('the-stall'), toSection('the-buyers', 'מה קוראים המלחים')] }],
    },
    comments: [{ name: 'יעל', body: 'החלפתי שם ספר לפני שנה, ועוד לא סיימתי אותו.' }],
  },
  {
    hoursAgo: 17 * day,
    article: {
      slug: 'morning-market-soup',
      language: 'ja',
      headline: '朝市の味噌汁、今日も五時から',
      kicker: '世界の港',
      standfirst: '漁師が持ち寄る魚で、毎朝ちがう一杯ができる。',
      genre: 'feature',
      authors: named('sato-haruka'),
      topics: named('ports-of-the-world', 'food'),
      sections: [
        { heading: '五時の行列', anchor: 'the-queue', body: paragraphs('港の朝市では、夜明け前から人が並ぶ。目当ては大鍋の**味噌汁**だ。') },
        {
          heading: '今日の具',
          anchor: 'todays-fish',
          body: [
            {
              type: 'table',
              header: ['曜日', '魚'],
              rows: [
                ['月曜', 'あじ'],
                ['火曜', 'たら'],
                ['水曜', '休み'],
              ],
            },
          ],
        },
      ],
      highlightLists: [{ title: 'ポイント', items: [toSection('the-queue'), toSection('todays-fish', '水曜は休み')] }],
    },
    comments: [{ name: '常連', body: '火曜のたらが一番です。' }],
  },
  {
    hoursAgo: 22 * day,
    article: {
      slug: 'ferry-line-nine',
      language: 'zh',
      headline: '九号渡轮的最后一班',
      kicker: '世界港口',
      genre: 'feature',
      authors: named('lin-yue'),
      topics: named('ports-of-the-world', 'harbour'),
      sections: [
        { heading: '夜航', anchor: 'the-crossing', body: paragraphs('晚上十点，九号渡轮离开北岸。船上只有七位乘客，其中三位是来告别的。') },
        { heading: '以后', anchor: 'afterwards', body: paragraphs('从下个月起，新的**隧道**将取代渡轮。船长说，他会去坐一次，只坐一次。') },
      ],
      highlightLists: [{ title: '要点', items: [toSection('the-crossing'), toSection('afterwards', '隧道取代渡轮')] }],
    },
    comments: [{ name: '老乘客', body: '坐了三十年，谢谢船长。' }],
  },
  {
    hoursAgo: 25 * day,
    article: {
      slug: 'der-seiler-vom-alten-hafen',
      language: 'de',
      headline: 'Der letzte Seiler vom alten Hafen',
      kicker: 'Häfen der Welt',
      standfirst: 'Seine Bahn ist dreihundert Meter lang, und er geht sie rückwärts.',
      genre: 'feature',
      authors: named('greta-vogel'),
      topics: named('ports-of-the-world', 'shipbuilding'),
      sections: [
        {
          heading: 'Rückwärts',
          body: paragraphs('Wer Seile schlägt, sieht nie, wohin er geht. Jürgen Köster läuft seit fünfzig Jahren rückwärts und ist noch nie gestolpert.'),
        },
        {
          heading: 'Maßarbeit',
          body: paragraphs(
            'Ein Tau für einen Großsegler braucht drei Tage. Die Maschine in der Halle nebenan braucht zwanzig Minuten – **aber sie hört nicht zu**.',
          ),
        },
      ],
      highlightLists: [{ title: 'Kurz gesagt', items: [toSection('ruckwarts'), toSection('massarbeit', 'Drei Tage für ein Tau')] }],
    },
    comments: [{ name: 'Enkelin', body: 'Gestolpert ist er einmal. Über mich.' }],
  },
]
