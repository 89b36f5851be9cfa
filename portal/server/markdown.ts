import { Marked, type Tokens } from "marked";
import { escapeHtml } from "../../core/quoting";

/** Allowed link targets. */
const LINK = /^(?:https?:|mailto:|#)/i;

/** Lessons are untrusted: HTML is escaped, and only some link targets are allowed. */
const renderer = new Marked({
  renderer: {
    html: ({ raw }: Tokens.HTML | Tokens.Tag) => (raw.trimStart().startsWith("<!--") ? "" : escapeHtml(raw)),
    image: ({ text }: Tokens.Image) => escapeHtml(text),
    link({ href, tokens }: Tokens.Link) {
      const words = this.parser.parseInline(tokens);
      // Opens in a new tab.
      return LINK.test(href)
        ? `<a target="_blank" rel="noopener noreferrer" href="${escapeHtml(href)}">${words}</a>`
        : words;
    },
  },
});

/** Renders a lesson's Markdown as safe HTML. */
export function renderMarkdown(markdown: string): string {
  return renderer.parse(markdown, { async: false });
}
