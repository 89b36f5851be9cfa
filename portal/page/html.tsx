/** HTML that the server has rendered from the lesson's Markdown. */
export function Html({ html, className }: { readonly html: string; readonly className?: string }) {
  // Safe: the server sanitizes it, and it contains no user input
  return html === "" ? null : <div class={`prose ${className ?? ""}`} dangerouslySetInnerHTML={{ __html: html }} />;
}

/** Plain text with `code` in backticks. */
export function InlineText({ text }: { readonly text: string }) {
  const parts = text.split("`");
  // Every other part is code; an unpaired backtick is literal.
  const isPaired = parts.length % 2 === 1;
  return <>{isPaired ? parts.map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part)) : text}</>;
}
