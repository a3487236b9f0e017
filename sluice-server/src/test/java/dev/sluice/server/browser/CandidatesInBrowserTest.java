package dev.sluice.server.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.scan.CartServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The candidates of a scan in a real browser. Pictures are left in target. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CandidatesInBrowserTest {
    private static final Path PICTURES = Path.of("target", "console");
    private static final int HEIGHT = 1000;
    private static final String TURNED =
            "\u202eexe.txt\u2066 \u0627\u0644\u0633\u0644\u0627\u0645 <script>alert(1)</script>";

    @SuppressWarnings("NullAway.Init")
    private Chromium browser;

    @SuppressWarnings("NullAway.Init")
    private CartServer carts;

    @SuppressWarnings("NullAway.Init")
    private Tab tab;

    @BeforeAll
    void startBrowser(@TempDir Path directory) {
        browser = new Chromium(Path.of("/usr/bin/chromium"), directory);
    }

    @AfterAll
    void endBrowser() {
        browser.close();
    }

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        carts = new CartServer(directory, 3);
        tab = browser.tab();
        for (int user = 1; user <= 9; user++) {
            carts.cart(user, Duration.ofMinutes(5).plus(Duration.ofDays(user - 1)));
        }
        carts.cart(10, Duration.ofDays(11));
        carts.named(2, TURNED);
        carts.named(8, "y".repeat(100));
        carts.settle();
        carts.jump(Duration.ofHours(20));
        carts.bought(1);
        carts.answers(503);
        carts.pass(Duration.ofSeconds(30));
    }

    @AfterEach
    void nothingIsWrong() throws Exception {
        try {
            assertThat(tab.complaints()).isEmpty();
        } finally {
            carts.close();
        }
    }

    private void open(String path) {
        tab.open(carts.address().resolve(path));
    }

    @Test
    void thePageIsWholeWideAndNarrowInLightAndDark() {
        for (int width : List.of(1440, 390)) {
            for (String scheme : List.of("light", "dark")) {
                tab.show(width, HEIGHT, scheme);
                open("flows/abandoned-cart");
                tab.picture(PICTURES.resolve("carts-" + width + "-" + scheme + ".png"));
                tab.evaluate("document.querySelector('td details.confirm').open = true");
                tab.picture(PICTURES.resolve("carts-open-" + width + "-" + scheme + ".png"));
                assertThat(tab.evaluate("document.documentElement.scrollWidth").asInt())
                        .isLessThanOrEqualTo(width);
                assertThat(tab.evaluate(ConsoleInBrowserTest.PALE).asText())
                        .as("text that is hard to read in " + scheme)
                        .isEmpty();
                assertThat(tab.evaluate("document.documentElement.outerHTML").asText())
                        .doesNotContain("\u202e", "\u2066", "<script>alert");
            }
        }
    }

    @Test
    void aCandidateIsHeldAndLetGoByKeyboardAlone() {
        tab.show(1440, HEIGHT, "light");
        tab.scripts(false);
        open("flows/abandoned-cart?state=waiting");
        tab.evaluate("document.querySelector('td details.confirm > summary').focus()");
        tab.enter();
        tab.await("document.querySelector('td details.confirm').open");
        tab.evaluate("document.querySelector('td details[open] button[value=hold]').focus()");
        tab.enter();
        tab.await("document.querySelector('.notice').innerText.includes('It is held.')");
        open("flows/abandoned-cart?state=held");
        assertThat(tab.text("main")).contains("held by console");
        tab.click("td summary", "By hand");
        tab.click("td button", "Let go");
        tab.await("document.querySelector('.notice').innerText.includes('let go')");
    }

    @Test
    void everyFieldAndPictureHasANameAndIsReachedByKeyboard() {
        tab.show(390, HEIGHT, "light");
        open("flows/abandoned-cart");
        assertThat(tab.evaluate("[...document.querySelectorAll('input:not([type=hidden]), select')]"
                                + ".filter(e => e.labels.length === 0).length"
                                + " + [...document.querySelectorAll('svg:not([aria-hidden])')]"
                                + ".filter(e => !e.querySelector(':scope > title')).length"
                                + " + [...document.querySelectorAll('a, button, input, select, summary')]"
                                + ".filter(e => e.type !== 'hidden' && e.tabIndex < 0).length")
                        .asInt())
                .isZero();
    }
}
