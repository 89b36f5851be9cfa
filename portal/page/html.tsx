/** HTML that the server made of the lesson's own Markdown. */
export function Html({ html, className }: { readonly html: string; readonly className?: string }) {
  // The lesson's own text; nothing that anybody typed is in it
  return html === "" ? null : <div class={`prose ${className ?? ""}`} dangerouslySetInnerHTML={{ __html: html }} />;
}

/** Plain text in which `code` is marked as in Markdown. */
export function Words({ text }: { readonly text: string }) {
  const parts = text.split("`");
  // Between marks is every other part; a mark without its fellow is just a character.
  const isPaired = parts.length % 2 === 1;
  return <>{isPaired ? parts.map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part)) : text}</>;
}
