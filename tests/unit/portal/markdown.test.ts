import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderMarkdown } from "../../../portal/server/lesson-view";

describe("a lesson's Markdown on the page", () => {
  test.each([
    ["a script", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    ["HTML in words", "a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"],
    ["a link to a script", "[a](javascript:alert(1))", "<p>a</p>\n"],
    ["a link in disguise", "[a](JAVA&#115;CRIPT:alert(1))", "<p>a</p>\n"],
    ["a link to data", "[a](data:text/html,x)", "<p>a</p>\n"],
    ["a picture", "![a<b](x.png)", "<p>a&lt;b</p>\n"],
    ["a comment", "<!-- a -->\n\nb", "<p>b</p>\n"],
    ["code", "`<b>`", "<p><code>&lt;b&gt;</code></p>\n"],
  ])("has no life in it: %s", (_, markdown, html) => {
    expect(renderMarkdown(markdown)).toBe(html);
  });

  test("has links that open beside it", () => {
    expect(renderMarkdown('[a *b*](https://x.test/?q="1"&r)')).toBe(
      '<p><a target="_blank" rel="noopener noreferrer" href="https://x.test/?q=&quot;1&quot;&amp;r">a <em>b</em></a></p>\n',
    );
  });

  test("has no tags but those of Markdown, whatever is written", () => {
    const pieces = [
      "<img src=x>",
      "<",
      ">",
      '"',
      "'",
      "&",
      "[a](",
      ")",
      "![",
      "](",
      "javascript:",
      "https://b",
      "`",
      "\n",
      "<!--",
      "-->",
      "|",
      "a",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 20 }), (parts) => {
        const tags = [...renderMarkdown(parts.join("")).matchAll(/<\/?([a-z][a-z0-9]*)([^>]*)>/gi)];
        for (const [, name = "", attributes = ""] of tags) {
          expect([
            "p",
            "a",
            "code",
            "pre",
            "blockquote",
            "em",
            "strong",
            "ul",
            "ol",
            "li",
            "hr",
            "br",
            "del",
            "table",
          ]).toContain(name);
          expect(attributes).toMatch(/^(?: (?:class|target|rel)="[^"]*"| href="(?:https?:|mailto:|#)[^"]*")*$/);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
