package dev.sluice.server.console;

import static dev.sluice.server.console.Html.attr;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Key;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HtmlTest {
    private static String written(Html html) {
        StringBuilder out = new StringBuilder();
        html.to(out);
        return out.toString();
    }

    @Test
    void textAndAttributesCannotBecomeMarkup() {
        assertThat(written(el("a", attr("title", "\"><script>'&"), text("</a><script>alert('1') & more"))))
                .isEqualTo("<a title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\">&lt;/a&gt;&lt;script&gt;alert(&#39;1&#39;)"
                        + " &amp; more</a>");
    }

    @Test
    void whatMisleadsTheEyeIsReplaced() {
        assertThat(written(text("a\u0000b\u001b[31m\u202ec\u2066d\ne\tf")))
                .isEqualTo("a\ufffdb\ufffd[31m\ufffdc\ufffdd\ne\tf");
    }

    @Test
    void elementsWithoutContentHaveNoEnd() {
        assertThat(written(el("p", el("br"), el("input", attr("name", "x")))))
                .isEqualTo("<p><br><input name=\"x\"></p>");
    }

    @Test
    void addressesEncodeEveryValue() {
        assertThat(Link.subject(Key.of("errors", "critical", "a/b?c=d&e#f%+ \u00e4")))
                .isEqualTo("/flows/errors/subjects/a%2Fb%3Fc%3Dd%26e%23f%25%2B%20%C3%A4?variant=critical");
        assertThat(Link.with("/messages", "flow", "")).isEqualTo("/messages");
    }

    @Test
    void distancesAreSaidInTheTwoLargestUnits() {
        Instant now = Instant.parse("2026-03-04T12:00:00Z");
        assertThat(Bits.distance(now, now.plusSeconds(3 * 86_400 + 4 * 3_600 + 59)))
                .isEqualTo("in 3d 4h");
        assertThat(Bits.distance(now, now.plusSeconds(3_599))).isEqualTo("in 59m 59s");
        assertThat(Bits.distance(now, now.minusSeconds(61))).isEqualTo("1m 1s ago");
        assertThat(Bits.distance(now, now.plusMillis(300))).isEqualTo("now");
    }
}
