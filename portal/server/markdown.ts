import { Marked, type Tokens } from "marked";
import { escapeHtml } from "../../core/quoting";

/** Where a link may lead. */
const LINK = /^(?:https?:|mailto:|#)/i;

/** Lessons are other people's texts: HTML in them is shown as it is written, and links lead to pages alone. */
const renderer = new Marked({
  renderer: {
    html: ({ raw }: Tokens.HTML | Tokens.Tag) => (raw.trimStart().startsWith("<!--") ? "" : escapeHtml(raw)),
    image: ({ text }: Tokens.Image) => escapeHtml(text),
    link({ href, tokens }: Tokens.Link) {
      const words = this.parser.parseInline(tokens);
      // It opens beside the lesson, which stays.
      return LINK.test(href)
        ? `<a target="_blank" rel="noopener noreferrer" href="${escapeHtml(href)}">${words}</a>`
        : words;
    },
  },
});

/** A lesson's Markdown as HTML that can do no harm. */
export function renderMarkdown(markdown: string): string {
  return renderer.parse(markdown, { async: false });
}
