package dev.sluice.server.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The console as people get it: in a real browser, wide and narrow, light and dark. Pictures are left in target. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleInBrowserTest {
    private static final Path PROGRAM = Path.of("/usr/bin/chromium");
    private static final Path PICTURES = Path.of("target", "console");
    private static final int WIDE = 1440;
    private static final int NARROW = 390;
    private static final int HEIGHT = 1000;

    /** As many streams of events as the server has. */
    private static final int MOST_STREAMS = 64;

    private static final String HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'`{{7*7}}";
    private static final String TURNED = "\u202eexe.txt\u2066 \u0627\u0644\u0633\u0644\u0627\u0645";

    /** Every text whose contrast to what is behind it is below what WCAG 2 asks for at level AA. */
    static final String PALE = """
            (() => {
              const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
              const rgba = (color) => {
                canvas.clearRect(0, 0, 1, 1);
                canvas.fillStyle = color;
                canvas.fillRect(0, 0, 1, 1);
                return [...canvas.getImageData(0, 0, 1, 1).data];
              };
              const behind = (e) => {
                for (; e; e = e.parentElement) {
                  const color = rgba(getComputedStyle(e).backgroundColor);
                  if (color[3] === 255) return color;
                }
                return [255, 255, 255, 255];
              };
              const light = (c) => c.slice(0, 3).map(v => v / 255)
                  .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
              const pale = new Set();
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              while (walker.nextNode()) {
                const e = walker.currentNode.parentElement;
                if (!walker.currentNode.nodeValue.trim() || !e.checkVisibility() || e.closest('svg')) continue;
                const style = getComputedStyle(e);
                const [a, b] = [light(rgba(style.color)), light(behind(e))];
                const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (ratio < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5)) {
                  pale.add(e.localName + '.' + e.className + ' ' + ratio.toFixed(2));
                }
              }
              return [...pale].join(', ');
            })()""";

    @SuppressWarnings("NullAway.Init")
    private Chromium browser;

    @SuppressWarnings("NullAway.Init")
    private Scene scene;

    @SuppressWarnings("NullAway.Init")
    private Tab tab;

    @BeforeAll
    void startBrowser(@TempDir Path directory) {
        browser = new Chromium(PROGRAM, directory);
    }

    @AfterAll
    void endBrowser() {
        browser.close();
    }

    @BeforeEach
    void start(@TempDir Path directory) {
        scene = new Scene(directory);
        tab = browser.tab();
        tab.show(WIDE, HEIGHT, "light");
    }

    /** Whatever a test looked at: nothing failed, nothing broke the policy, and nothing came from elsewhere. */
    @AfterEach
    void nothingIsWrong() {
        try {
            assertThat(tab.complaints()).isEmpty();
            assertThat(tab.requests())
                    .isNotEmpty()
                    .allSatisfy(uri -> assertThat(uri.getAuthority())
                            .as(uri.toString())
                            .isEqualTo(scene.at("/").getAuthority()));
        } finally {
            scene.close();
        }
    }

    private void open(String path) {
        tab.open(scene.at(path));
    }

    private static String subject(String flow, String subject) {
        return "/flows/" + flow + "/subjects/"
                + URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Test
    void everyPageIsWholeWideAndNarrowInLightAndDark() {
        scene.errorFlood();
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("overview", "/?span=day");
        pages.put("flow", "/flows/errors?span=day");
        pages.put("subject", subject("errors", Scene.LOUD));
        pages.put("job", subject("import-job", "nightly"));
        pages.put("messages", "/messages");
        pages.put("message", "/messages/20");
        pages.put("dead", "/dead");
        pages.put("actions", "/actions");
        pages.put("budgets", "/budgets");
        pages.put("ledger", "/ledger");
        for (int width : List.of(WIDE, NARROW)) {
            for (String scheme : List.of("light", "dark")) {
                tab.show(width, HEIGHT, scheme);
                pages.forEach((name, path) -> {
                    open(path);
                    tab.picture(PICTURES.resolve(name + "-" + width + "-" + scheme + ".png"));
                    assertThat(tab.evaluate("document.documentElement.scrollWidth")
                                    .asInt())
                            .as(name + " at " + width)
                            .isLessThanOrEqualTo(width);
                    assertThat(tab.evaluate(PALE).asText())
                            .as("text that is hard to read on " + name + " in " + scheme)
                            .isEmpty();
                });
            }
        }
    }

    /** Those of the README: docs/console-overview.png and docs/console-subject.png. */
    @Test
    void picturesOfTheConsoleFitOnAPage() {
        scene.errorFlood();
        tab.show(1_200, 790, "light");
        open("/?span=day");
        tab.view(PICTURES.resolve("console-overview.png"));
        open(subject("errors", Scene.LOUD));
        tab.view(PICTURES.resolve("console-subject.png"));
        assertThat(PICTURES.resolve("console-subject.png").toFile().length()).isLessThan(150_000);
        assertThat(PICTURES.resolve("console-overview.png").toFile().length()).isLessThan(150_000);
    }

    @Test
    void anEmptyConsoleSaysWhatToDo() {
        open("/");
        assertThat(tab.text("main")).contains("Nothing has come in yet", "curl -sS");
        tab.picture(PICTURES.resolve("empty-" + WIDE + "-light.png"));
    }

    @Test
    void numbersGoUpWhileSomebodyLooks() {
        open("/");
        tab.await("document.querySelector('[data-live]').dataset.live === 'on'");
        tab.evaluate("window.same = document.querySelector('main')");
        for (int i = 0; i < 7; i++) {
            scene.occurs("errors", "db", "The database is down", "no answer");
        }
        tab.await("document.querySelector('.tile.in dd').innerText === '7'");
        tab.await("document.querySelector('.tile.held dd').innerText === '2'");
        tab.await("document.querySelectorAll('.bars .part.held').length === 1");
        assertThat(tab.evaluate("window.same === document.querySelector('main')")
                        .asBoolean())
                .as("the page was not loaded again")
                .isTrue();
    }

    /** A browser gives up for good on a stream that was refused; the page does not. */
    @Test
    void aPageWhoseStreamWasRefusedSaysSoAndIsLiveAgainWhenThereIsRoom() throws IOException {
        List<InputStream> others = new ArrayList<>();
        for (int i = 0; i < MOST_STREAMS; i++) {
            others.add(scene.listens());
        }
        open("/");
        tab.await("document.querySelector('[data-live]').innerText === 'not live'");
        for (InputStream other : others) {
            other.close();
        }
        // What the page does by itself every half minute it does at once when it is shown again.
        tab.await("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true})),"
                + " document.querySelector('[data-live]').dataset.live === 'on'");
        scene.occurs("errors", "db", "The database is down", "no answer");
        tab.await("document.querySelector('.tile.in dd').innerText === '1'");
        tab.complaints().removeIf(each -> each.contains("503") && each.contains("/events"));
    }

    @Test
    void whatSomebodyTypesOrOpenedStaysWhileNumbersChange() {
        scene.occurs("errors", "db", "The database is down", "no answer");
        open("/flows/errors");
        tab.await("document.querySelector('[data-live]').dataset.live === 'on'");
        tab.evaluate("document.querySelector('details.data').open = true;"
                + "document.querySelector('input[name=part]').value = 'half typed';"
                + "document.querySelector('input[name=part]').focus()");
        scene.occurs("errors", "db", "The database is down", "no answer");
        tab.await("document.querySelector('.tile.in dd').innerText === '2'");
        assertThat(tab.evaluate("document.querySelector('details.data').open").asBoolean())
                .isTrue();
        assertThat(tab.evaluate("document.activeElement.value").asText()).isEqualTo("half typed");
    }

    @Test
    void aResetIsAskedForAndThenDone() {
        for (int i = 0; i < 7; i++) {
            scene.occurs("errors", "db", "The database is down", "no answer");
        }
        open(subject("errors", "db"));
        assertThat(tab.text("main")).contains("The limit is reached", "2 held", "To pass now");
        tab.click("summary", "Reset");
        tab.click("button", "Yes, reset it");
        tab.await("document.querySelector('.lead').innerText.includes('its rule allows it')");
    }

    @Test
    void aClaimIsTakenAwayFromItsHolder() {
        scene.occurs("import-job", "nightly", "", "");
        open(subject("import-job", "nightly"));
        tab.click("summary", "Take away");
        tab.click("button", "Yes, take it away");
        tab.await("document.querySelector('.lead').innerText.includes('passes now')");
    }

    @Test
    void deadLettersAreOfferedAgainOneByOneAndAllOfAFlow() {
        for (int i = 0; i < 4; i++) {
            scene.occurs("pager", "db-" + i, "Down " + i, "no answer");
        }
        scene.passes(Duration.ofHours(1));
        open("/dead");
        tab.click("td summary", "Offer again");
        tab.click("td button", "Yes, offer it");
        tab.await("location.pathname.startsWith('/messages/')");
        assertThat(tab.text("main")).contains("Down 3", "pending");
        open("/dead");
        tab.click("summary", "Offer all 3 again");
        tab.click("button", "Yes, offer them");
        tab.await("document.querySelector('.notice').innerText.includes('3 passed')");
        assertThat(tab.text("main")).contains("was offered again");
    }

    @Test
    void anActionThatRestsIsTriedNowOrGivenUp() {
        for (String account : List.of("live:1", "live:2")) {
            scene.falls(account);
        }
        awaitActions("resting");
        tab.click("td summary", "Try again now");
        tab.click("td button", "Yes, try it");
        tab.await("document.querySelector('.notice').innerText.includes('tried now')");
        awaitActions("dead");
        tab.click("td summary", "Give up");
        tab.click("td button", "Yes, give it up");
        tab.await("document.querySelector('.notice').innerText.includes('given up')");
        assertThat(tab.text("main"))
                .contains("given up by console", "no answer")
                .doesNotContain("resting");
        open("/ledger");
        assertThat(tab.text("main"))
                .contains("action liquidate: tried again now by console", "action liquidate: given up by console");
    }

    /** Actions begin, run and end in threads of their own. */
    private void awaitActions(String state) {
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            scene.passes(Duration.ZERO);
            open("/actions");
            String page = tab.text("main");
            return page.contains("live:1") && page.contains("live:2") && page.contains(state);
        });
    }

    private static String title(String text) {
        return text.substring(0, Math.min(text.length(), 1_900));
    }

    @Test
    void hostileTextIsOnlyEverText() {
        String longOne = HOSTILE + "y".repeat(10_000 - HOSTILE.length());
        for (String text : List.of(HOSTILE, TURNED, longOne)) {
            for (int i = 0; i < 3; i++) {
                scene.occurs("abandoned-cart", text, title(text), "M " + text);
            }
            scene.occurs("pager", text, title(text), "M " + text);
        }
        scene.passes(Duration.ofHours(1));
        tab.show(NARROW, HEIGHT, "light");
        List<String> pages = List.of(
                "/",
                "/flows/abandoned-cart",
                "/flows/abandoned-cart?order=name",
                subject("abandoned-cart", HOSTILE),
                subject("abandoned-cart", TURNED),
                "/messages",
                "/messages/1",
                "/messages/1/html",
                "/messages/5",
                "/dead",
                "/ledger");
        for (String page : pages) {
            open(page);
            assertThat(tab.evaluate("document.querySelectorAll('img, main script').length")
                            .asInt())
                    .as(page)
                    .isZero();
            assertThat(tab.evaluate("document.documentElement.scrollWidth").asInt())
                    .as(page)
                    .isLessThanOrEqualTo(NARROW);
            assertThat(tab.evaluate("document.documentElement.outerHTML").asText())
                    .as(page)
                    .doesNotContain("\u202e", "\u2066");
        }
        tab.picture(PICTURES.resolve("hostile-390-light.png"));
        open("/messages/1");
        assertThat(tab.text("h1")).contains("<script>alert(2)</script>");
    }

    @Test
    void allOfItWorksWithoutScripts() {
        for (int i = 0; i < 7; i++) {
            scene.occurs("errors", "db", "The database is down", "no answer");
        }
        tab.scripts(false);
        open(subject("errors", "db"));
        tab.click("summary", "Reset");
        tab.click("button", "Yes, reset it");
        tab.await("document.querySelector('.lead').innerText.includes('its rule allows it')");
        open("/flows/errors?span=week");
        assertThat(tab.text(".tile.in dd")).isEqualTo("7");
    }

    @Test
    void everythingIsReachedByKeyboardAndHasAName() {
        scene.occurs("errors", "db", "The database is down", "no answer");
        scene.passes(Duration.ofMinutes(1));
        open("/flows/errors");
        assertThat(tab.evaluate("[...document.querySelectorAll('a, button, input, select, summary')]"
                                + ".filter(e => !e.closest('details:not([open])') || e.localName === 'summary')"
                                + ".filter(e => e.type !== 'hidden' && e.tabIndex < 0).length")
                        .asInt())
                .isZero();
        assertThat(tab.evaluate("[...document.querySelectorAll('svg:not([aria-hidden])')]"
                                + ".filter(e => !e.querySelector(':scope > title')).length")
                        .asInt())
                .isZero();
        assertThat(tab.evaluate("[...document.querySelectorAll('input:not([type=hidden]), select')]"
                                + ".filter(e => e.labels.length === 0).length")
                        .asInt())
                .isZero();
    }
}
