package dev.sluice.server.browser;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** One tab of a browser: looks at pages, clicks, and notes everything that it complained of or asked for. */
final class Tab {
    private static final int MILLIS = 20;

    private final Chromium browser;
    private final String session;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<URI> requests = new CopyOnWriteArrayList<>();

    Tab(Chromium browser, String session) {
        this.browser = browser;
        this.session = session;
    }

    String session() {
        return session;
    }

    void enable() {
        for (String domain : List.of("Page", "Runtime", "Log", "Network", "Audits")) {
            call(domain + ".enable", Map.of());
        }
    }

    private JsonNode call(String method, Map<String, Object> parameters) {
        return browser.call(session, method, parameters);
    }

    void happened(String method, JsonNode about) {
        switch (method) {
            case "Log.entryAdded" -> complaints.add(about.get("entry").toString());
            case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Page.javascriptDialogOpening" ->
                complaints.add(method + " " + about);
            case "Audits.issueAdded" -> issue(about.path("issue"));
            case "Network.requestWillBeSent" ->
                requests.add(URI.create(about.at("/request/url").asText().split("[?#]", 2)[0]));
            default -> {}
        }
    }

    /** Of what the browser would have otherwise, only breaches of the content security policy are faults. */
    private void issue(JsonNode issue) {
        if (issue.path("code").asText().equals("ContentSecurityPolicyIssue")) {
            complaints.add(issue.toString());
        }
    }

    /** Errors, exceptions, dialogues and breaches of the policy since the start. */
    List<String> complaints() {
        return complaints;
    }

    /** Everything that was asked for. */
    List<URI> requests() {
        return requests;
    }

    /** Goes to a page and waits until it is complete. */
    void open(URI page) {
        evaluate("window.left = true");
        call("Page.navigate", Map.of("url", page.toString()));
        await("!window.left && document.readyState === 'complete'");
    }

    JsonNode evaluate(String script) {
        JsonNode answer =
                call("Runtime.evaluate", Map.of("expression", script, "returnByValue", true, "awaitPromise", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(script + ": " + answer.get("exceptionDetails"));
        }
        return answer.path("result").path("value");
    }

    /** Waits until the script gives true; while a page is being left there is nothing to ask. */
    void await(String script) {
        Awaitility.await()
                .alias(script)
                .atMost(Chromium.PATIENCE)
                .pollInterval(Duration.ofMillis(MILLIS))
                .ignoreExceptions()
                .until(() -> evaluate(script).asBoolean());
    }

    /** The text that people see of the first element that {@code selector} finds. */
    String text(String selector) {
        return evaluate("document.querySelector(" + quoted(selector) + ").innerText")
                .asText();
    }

    /** Clicks with the mouse on the middle of the first visible element that has exactly this text. */
    void click(String selector, String text) {
        JsonNode place = evaluate("(() => { const e = [...document.querySelectorAll(" + quoted(selector)
                + ")].find(e => e.checkVisibility() && e.innerText.trim() === " + quoted(text)
                + "); e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
                + " return {x: r.x + r.width / 2, y: r.y + r.height / 2}; })()");
        for (String type : List.of("mousePressed", "mouseReleased")) {
            call(
                    "Input.dispatchMouseEvent",
                    Map.of(
                            "type",
                            type,
                            "x",
                            place.get("x").asDouble(),
                            "y",
                            place.get("y").asDouble(),
                            "button",
                            "left",
                            "clickCount",
                            1));
        }
    }

    /** Presses the key Enter on what has the focus. */
    void enter() {
        Map<String, Object> key = Map.of("key", "Enter", "code", "Enter", "windowsVirtualKeyCode", 13, "text", "\r");
        for (String type : List.of("keyDown", "keyUp")) {
            Map<String, Object> event = new HashMap<>(key);
            event.put("type", type);
            call("Input.dispatchKeyEvent", event);
        }
    }

    static String quoted(String text) {
        return com.fasterxml.jackson.databind.node.TextNode.valueOf(text).toString();
    }

    /** Shows pages so wide and high, and in light or dark. */
    void show(int width, int height, String scheme) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Switches scripts of pages on or off. */
    void scripts(boolean on) {
        call("Emulation.setScriptExecutionDisabled", Map.of("value", !on));
    }

    /** Writes down what the whole page looks like. */
    void picture(Path file) {
        write(file, Map.of("captureBeyondViewport", true, "format", "png"));
    }

    /** Writes down what is seen of the page without scrolling. */
    void view(Path file) {
        write(file, Map.of("format", "png"));
    }

    private void write(Path file, Map<String, Object> how) {
        String data = call("Page.captureScreenshot", how).get("data").asText();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, Base64.getDecoder().decode(data));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
