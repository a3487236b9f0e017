package dev.sluice.server.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Key;
import dev.sluice.server.config.MailConfig.Track;
import dev.sluice.server.config.Secret;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrackedPageTest {
    private static final String SERVER = "https://gate.example.org";
    private static final String UNSUBSCRIBE = SERVER + "/v1/unsubscribe/token";
    private static final Secret SECRET = Secret.of("a secret of the shop");
    private static final Tracking.Trace TRACE = new Tracking.Trace(Key.of("carts", "42/a"), 7);
    private static final Pattern CLICK = Pattern.compile("(?i)href\\s*=\\s*\"" + SERVER + "/v1/clicks/([^\"]+)\"");

    private static String page(String html, Track... track) {
        return new TrackedPage(SERVER, Set.of(track), TRACE, SECRET, Optional.of(UNSUBSCRIBE)).of(html);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "<a href=\"https://shop.example.org/cart?a=1&amp;b=2\">x</a> | https://shop.example.org/cart?a=1&b=2",
                "<A class='>' HREF = 'http://shop.example.org/&#x3D;&#61;'>x</A> | http://shop.example.org/==",
                "<a\thref='https://shop.example.org/#top' title=\"a 'b'\">x</a> | https://shop.example.org/#top"
            })
    @DisplayName("a link leads over the server to the address that it had")
    void linksLeadToTheirAddress(String html, String target) {
        Matcher click = CLICK.matcher(page(html, Track.CLICKS));
        assertThat(click.find()).isTrue();
        Optional<Tracking.Click> read = Tracking.clicked(click.group(1), flow -> Optional.of(SECRET));
        assertThat(read).contains(new Tracking.Click(TRACE, URI.create(target)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<a href='" + UNSUBSCRIBE + "'>no more</a>",
                "<a href=\"mailto:shop@example.org\">write</a>",
                "<a href='#top'>up</a>",
                "<a name='https://shop.example.org/'>here</a>",
                "<area href='https://shop.example.org/'>",
                "<!-- <a href='https://shop.example.org/'> -->",
                "<a href='https://shop.example.org/&nbsp;'>x</a>",
                "<a data-href='https://shop.example.org/'>x</a>",
                "<a href='https://shop.example.org/"
            })
    @DisplayName("what unsubscribes, leads nowhere else, or cannot be read stays as it is")
    void theRestStays(String html) {
        assertThat(page(html, Track.CLICKS)).isEqualTo(html);
    }

    @Test
    @DisplayName("the image stands at the end of the page, and nothing else changes")
    void theImage() {
        String before = "<html><body><a href='https://shop.example.org/'>x</a>";
        assertThat(page(before + "</BODY></html>", Track.OPENS))
                .startsWith(before + "<img src=\"" + SERVER + "/v1/opens/")
                .endsWith("\" width=\"1\" height=\"1\" alt=\"\"></BODY></html>");
        assertThat(page("<p>Hello</p>", Track.OPENS))
                .startsWith("<p>Hello</p><img ")
                .endsWith(">");
        assertThat(page(before, new Track[0])).isEqualTo(before);
    }

    @Test
    @DisplayName("a token is good for what it was made for, and for nothing else")
    void tokensAreForOneThing() {
        String open = Tracking.open(TRACE, SECRET);
        String click =
                Tracking.click(TRACE, "https://shop.example.org/", SECRET).orElseThrow();
        assertThat(Tracking.opened(open, flow -> Optional.of(SECRET))).contains(TRACE);
        assertThat(Tracking.opened(click, flow -> Optional.of(SECRET))).isEmpty();
        assertThat(Tracking.clicked(open, flow -> Optional.of(SECRET))).isEmpty();
        assertThat(Tracking.clicked(click, flow -> Optional.of(Secret.of("another secret"))))
                .isEmpty();
        assertThat(Unsubscribing.read(open, flow -> Optional.of(SECRET))).isEmpty();
        assertThat(Tracking.click(TRACE, "javascript:alert(1)", SECRET)).isEmpty();
    }
}
