import { describe, expect, test } from "vitest";
import { markup } from "./markup.ts";

describe("markup", () => {
  test("what is filled in is text, in elements and between quotes", () => {
    const hostile = `<script>alert("1")</script> & 'x'`;
    expect(markup`<td title="${hostile}">${hostile}</td>`.html).toBe(
      `<td title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#x27;x&#x27;">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#x27;x&#x27;</td>`,
    );
  });
  test("markup within markup stays, alone and in lists; false and undefined are nothing", () => {
    const items = ["a", "<b>"].map((text) => markup`<li>${text}</li>`);
    expect(markup`<ul>${items}${false}${undefined}${0}</ul>`.html).toBe(
      "<ul><li>a</li><li>&lt;b&gt;</li>0</ul>",
    );
  });
  test("an object that only looks like markup is none", () => {
    const forged = JSON.parse('{"html":"<b>"}') as string;
    expect(() => markup`${forged}`).toThrow("map is not a function");
  });
});
