package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.attr;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.DurationText;
import dev.sluice.Explanation;
import dev.sluice.Key;
import dev.sluice.Reason;
import dev.sluice.server.config.OperatorConfig;
import dev.sluice.server.http.BudgetHold;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Small pieces that several pages are made of. */
final class Bits {
    private static final Pattern INSTANT = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z");

    private Bits() {}

    static Html link(String to, String label) {
        return el("a", attr("href", to), text(label));
    }

    /** A word in a coloured frame; {@code tone} is {@code good}, {@code wait}, {@code bad} or {@code calm}. */
    static Html badge(String tone, String word) {
        return el("span", cls("badge " + tone), text(word));
    }

    /** A time in whole seconds, UTC, with the full one behind it. */
    static Html time(Instant time) {
        String shown = time.truncatedTo(ChronoUnit.SECONDS)
                .toString()
                .replace('T', ' ')
                .replace("Z", "");
        return el("time", attr("datetime", time.toString()), attr("title", time + " UTC"), text(shown));
    }

    /** How long from {@code now} to {@code time}, in words. */
    static String distance(Instant now, Instant time) {
        Duration length = Duration.between(now, time);
        if (length.abs().compareTo(Duration.ofSeconds(1)) < 0) {
            return "now";
        }
        return length.isNegative() ? rough(length.negated()) + " ago" : "in " + rough(length);
    }

    /** The two largest units are enough for people. */
    static String rough(Duration length) {
        Duration whole = length.toDays() > 0
                ? length.truncatedTo(ChronoUnit.HOURS)
                : length.toHours() > 0
                        ? length.truncatedTo(ChronoUnit.MINUTES)
                        : length.truncatedTo(ChronoUnit.SECONDS);
        return DurationText.format(whole).replaceAll("(?<=[a-z])(?=\\d)", " ");
    }

    /**
     * What a subject waits for.
     *
     * @param charged whether there are budgets that its passes are charged to
     * @param budgets those that refused something of it
     */
    static Html standing(Explanation about, boolean charged, List<BudgetHold> budgets) {
        if (about.reason() == Reason.ALLOWED) {
            return budgets.stream()
                    .filter(hold -> hold.until().isPresent())
                    .max(Comparator.comparing(hold -> hold.until().orElseThrow()))
                    .map(hold -> heldBy(hold, about.now()))
                    .orElseGet(() -> badge("good", charged ? "its rule allows it" : "passes now"));
        }
        String word = switch (about.reason()) {
            case BACKOFF -> "rests after a failure";
            case IN_FLIGHT -> "in flight";
            default -> "held";
        };
        String before =
                about.reason() == Reason.IN_FLIGHT ? " next passes when settled, at the latest " : " next passes ";
        Html when = about.next()
                .map(next -> el("span", cls("quiet"), text(before), time(next), text(" "), near(about.now(), next)))
                .orElseGet(() -> el("span", cls("quiet"), text(" until a reset")));
        return all(List.of(badge("wait", word), when));
    }

    private static Html heldBy(BudgetHold hold, Instant now) {
        Instant until = hold.until().orElse(now);
        return all(List.of(
                badge("wait", "held by budget " + hold.budget().variant()),
                el("span", cls("quiet"), text(" until "), time(until), text(" "), near(now, until))));
    }

    private static Html near(Instant now, Instant time) {
        return el("span", cls("near"), text("(" + distance(now, time) + ")"));
    }

    /** A cell with flow and subject. */
    static Html aboutCell(Key key) {
        return el("td", cls("about"), about(key));
    }

    /** Flow and subject, each a link. The flow of the notices has no pages: nobody configures or sends to it. */
    static Html about(Key key) {
        if (key.flow().equals(OperatorConfig.FLOW)) {
            return text(key.flow() + "/" + key.subject());
        }
        return all(List.of(link(Link.flow(key.flow()), key.flow()), el("span", cls("slash"), text("/")), key(key)));
    }

    /** A cell with a time and how far that is from {@code now}. */
    static Html when(Instant now, Instant time) {
        return el("td", cls("when"), time(time), el("span", cls("quiet"), text(" " + distance(now, time))));
    }

    /** A sentence of the engine, its times made readable. */
    static Html sentence(String sentence) {
        List<Html> parts = new ArrayList<>();
        Matcher matcher = INSTANT.matcher(sentence);
        int end = 0;
        while (matcher.find()) {
            parts.add(text(sentence.substring(end, matcher.start())));
            parts.add(time(Instant.parse(matcher.group())));
            end = matcher.end();
        }
        parts.add(text(sentence.substring(end)));
        return all(parts);
    }

    static Html key(Key key) {
        return key(key, key.subject());
    }

    /** A link to a key under the full text of its subject. */
    static Html key(Key key, String subject) {
        List<Html> parts = new ArrayList<>();
        String shown = subject.isBlank() ? key.subject() : subject;
        parts.add(el("a", cls("mono subject"), attr("href", Link.subject(key)), text(shown)));
        if (!key.variant().isEmpty()) {
            parts.add(text(" "));
            parts.add(badge("calm", key.variant()));
        }
        return all(parts);
    }

    static Html table(List<String> heads, List<Html> rows) {
        List<Html> cells = new ArrayList<>();
        for (String head : heads) {
            boolean number = head.startsWith("#");
            cells.add(el(
                    "th",
                    attr("scope", "col"),
                    number ? cls("num") : Html.nothing(),
                    text(number ? head.substring(1) : head)));
        }
        List<Html> body = rows.stream().map(row -> labelled(heads, row)).toList();
        return el("div", cls("scroll"), el("table", el("thead", el("tr", all(cells))), el("tbody", all(body))));
    }

    /** Where there is no room for columns, each cell stands under the name of its own. */
    private static Html labelled(List<String> heads, Html row) {
        if (!(row instanceof Html.Element tr)) {
            return row;
        }
        List<Html> parts = new ArrayList<>();
        int column = 0;
        for (Html part : flat(tr.parts())) {
            if (part instanceof Html.Element td && column < heads.size()) {
                List<Html> inner = new ArrayList<>(td.parts());
                inner.add(0, attr("data-label", heads.get(column++).replace("#", "")));
                parts.add(new Html.Element(td.name(), inner));
            } else {
                parts.add(part);
            }
        }
        return new Html.Element(tr.name(), parts);
    }

    private static List<Html> flat(List<Html> parts) {
        List<Html> flat = new ArrayList<>();
        parts.forEach(part -> flat.addAll(part instanceof Html.Many many ? flat(many.parts()) : List.of(part)));
        return flat;
    }

    static Html row(Html... cells) {
        return el("tr", all(List.of(cells)));
    }

    static Html td(Html... parts) {
        return el("td", parts);
    }

    static Html num(long number) {
        return el("td", cls(number == 0 ? "num zero" : "num"), Html.number(number));
    }

    /** Says that there is nothing, and what to do about it. */
    static Html empty(String what, String hint) {
        return el("div", cls("empty"), el("p", text(what)), el("p", cls("quiet"), text(hint)));
    }

    /** As {@link #empty(String, String)}, with a command to copy. */
    static Html empty(String what, String hint, String command) {
        return el(
                "div",
                cls("empty"),
                el("p", text(what)),
                el("p", cls("quiet"), text(hint)),
                el("pre", cls("command"), text(command)));
    }

    static Html section(String title, Html... parts) {
        return el("section", el("h2", text(title)), all(List.of(parts)));
    }

    /** A row that keeps its place on the page under {@code key}, whatever comes before it. */
    static Html keyed(String key, Html... cells) {
        return el("tr", attr("data-key", key), all(List.of(cells)));
    }

    /**
     * Something to be done that must be confirmed: opens a question with the form behind it, without any script.
     *
     * @param fields what the form sends beside the token
     */
    static Html action(Action action, String token, Html... fields) {
        return el(
                "details",
                cls("confirm"),
                el("summary", cls("button " + action.tone), text(action.label)),
                el(
                        "form",
                        attr("method", "post"),
                        attr("action", action.path),
                        el("input", attr("type", "hidden"), attr("name", Token.FIELD), attr("value", token)),
                        all(List.of(fields)),
                        el("p", text(action.question)),
                        el("button", cls(action.tone), attr("type", "submit"), text(action.confirm))));
    }

    /** A field of a form that nobody sees. */
    static Html hidden(String name, String value) {
        return el("input", attr("type", "hidden"), attr("name", name), attr("value", value));
    }

    /**
     * Something that can be done by hand.
     *
     * @param path where the form goes
     * @param label on the first button
     * @param question what it means
     * @param confirm on the button that does it
     * @param tone {@code calm} or {@code bad}
     */
    record Action(String path, String label, String question, String confirm, String tone) {}
}
