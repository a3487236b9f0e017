package dev.sluice.examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.examples.Screen.Ink;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Shows how the error flood went. */
final class FloodReport {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration HOUR = Duration.ofHours(1);

    /** The window that is shown, counted from the first. */
    private static final int SHOWN = 9;

    private static final String ROW = "  %-34s %12s %14s";

    private final Screen screen;

    FloodReport(Screen screen) {
        this.screen = screen;
    }

    void begin(URI server, int mailPort, URI pager) {
        screen.blank();
        screen.heading("The error flood");
        screen.line("  A processor fails every 108 seconds, for 18 hours: 600 errors, one cause, no two texts alike.");
        screen.line("  Each is posted to a server under the rule '5 per 1h, summary at 3, digest at close'. Server,");
        screen.line("  store, mail and webhooks are real; only the clock is moved, from each error to the next.");
        screen.blank();
        screen.line("    Sluice    " + server);
        screen.line("    mail to   smtp://127.0.0.1:" + mailPort);
        screen.line("    hooks to  " + pager);
        screen.blank();
    }

    /** Shows the first of {@code floods} in full, and of the second how it differs. */
    void end(List<Flood> floods) {
        Flood flood = floods.get(0);
        screen.line("  18 hours went by in " + seconds(flood.took()) + ".");
        screen.blank();
        picture(flood);
        figures(flood);
        window(flood);
        sum(flood);
        again(floods.get(1));
        yourself(flood);
    }

    private void picture(Flood flood) {
        Timeline timeline = new Timeline(screen, flood.begin(), flood.ours().last());
        screen.heading("What arrived, hour by hour");
        screen.line("  Sluice, as counted at the mail server");
        timeline.draw(flood.mails(), Fault.LENGTH).forEach(line -> screen.line("  " + line));
        screen.line("  " + screen.ink(Ink.FAINT, timeline.scale()));
        screen.blank();
        screen.line("  The original, as its rule says");
        timeline.draw(flood.original(), Fault.LENGTH).forEach(line -> screen.line("  " + line));
        screen.line("  " + screen.ink(Ink.FAINT, timeline.scale()));
        screen.blank();
        screen.line("    " + timeline.legend());
        screen.blank();
    }

    private void figures(Flood flood) {
        Figures ours = flood.ours();
        Figures theirs = flood.theirs();
        int all = flood.faults().size();
        screen.line(screen.ink(Ink.STRONG, ROW.formatted("", "Sluice", "the original")));
        row("mails that carry an error", ours.passes(), theirs.passes());
        row("of these, summaries", ours.summaries(), theirs.summaries());
        row("digests", ours.digests(), theirs.digests());
        row("errors told in them", ours.told(), theirs.told());
        row("errors that nobody was told of", all - ours.passes() - ours.told(), all - theirs.passes() - theirs.told());
        row("the last mail came after", Figures.hours(ours.last()), Figures.hours(theirs.last()));
        row("longest silence, while errors go on", Figures.hours(ours.silence()), Figures.hours(theirs.silence()));
        screen.blank();
    }

    private void again(Flood flood) {
        screen.heading("Once more, with errors that begin with what differs");
        flood.faults().subList(0, 3).forEach(fault -> screen.line("    " + screen.ink(Ink.FAINT, fault.message())));
        screen.blank();
        Figures ours = flood.ours();
        Figures theirs = flood.theirs();
        screen.line(screen.ink(Ink.STRONG, ROW.formatted("", "Sluice", "the original")));
        row("mails that carry an error", ours.passes(), theirs.passes());
        row("digests", ours.digests(), theirs.digests());
        row("errors told in them", ours.told(), theirs.told());
        row("most mails with an error in an hour", ours.fullest(), theirs.fullest());
        screen.blank();
    }

    private void row(String what, Object ours, Object theirs) {
        screen.line(ROW.formatted(what, ours, theirs));
    }

    private void window(Flood flood) {
        List<Arrival> digests = flood.mails().stream()
                .filter(each -> each.kind() == Arrival.Kind.DIGEST)
                .toList();
        if (digests.size() <= SHOWN) {
            return;
        }
        Instant end = digests.get(SHOWN).at();
        screen.heading("One window, as the mail server received it");
        flood.mails().stream()
                .filter(each ->
                        !each.at().isBefore(end.minus(HOUR)) && !each.at().isAfter(end))
                .forEach(this::mail);
        screen.blank();
    }

    private void mail(Arrival arrival) {
        // As the mails themselves say it.
        String at = CLOCK.format(arrival.at());
        screen.line("  %9s  %s".formatted(at, subject(arrival)));
        if (arrival.kind() != Arrival.Kind.PASS) {
            screen.line("  %9s  %s".formatted("", screen.ink(Ink.FAINT, arrival.note())));
        }
    }

    private String subject(Arrival arrival) {
        return switch (arrival.kind()) {
            case PASS -> arrival.title();
            case SUMMARY -> screen.ink(Ink.NOTE, arrival.title());
            case DIGEST -> screen.ink(Ink.TOLD, arrival.title());
        };
    }

    private void sum(Flood flood) {
        screen.heading("The sum closes");
        sum("mail server", flood.faults().size(), flood.ours());
        sum("webhooks", flood.faults().size(), flood.hooked());
        Flood.Books books = flood.books();
        screen.line("  %-12s  %d in = %d delivered + %d reported; unaccounted %d"
                .formatted("books", books.in(), books.delivered(), books.reported(), books.unaccounted()));
        screen.blank();
    }

    private void sum(String receiver, int all, Figures seen) {
        boolean closes = all == seen.passes() + seen.told();
        screen.line("  %-12s  %d %s %d sent + %d told in %d digests"
                .formatted(
                        receiver,
                        all,
                        closes ? "=" : screen.ink(Ink.BAD, "is not"),
                        seen.passes(),
                        seen.told(),
                        seen.digests()));
    }

    private void yourself(Flood flood) {
        screen.heading("Try it yourself");
        screen.line("""
                  flows:                       # sluice.yaml; without a file there is one like it
                    errors:
                      subject: {fields: [processor, error_type], fingerprint: {field: message, chars: 100}}
                      allow: 5 per 1h
                      summary-at: 3
                      digest: at-close
                      channels: [inbox]

                  ./sluice serve --config sluice.yaml
                  curl -s http://127.0.0.1:8420/v1/flows/errors/occurrences -H 'Content-Type: application/json' \\
                    -d '%s'
                """.formatted(Caller.body(flood.faults().get(0)).toString().replace("'", "'\\''")));
        screen.line("  ./sluice example error-flood --console     leaves this server running, to look at its console");
        screen.blank();
    }

    /** The figures for programs, an object for each flood. */
    void json(List<Flood> floods) {
        ObjectNode json = JSON.createObjectNode();
        floods.forEach(flood -> json.set(flood.wording().name().toLowerCase(Locale.ROOT), json(flood)));
        screen.line(json.toPrettyString());
    }

    private static ObjectNode json(Flood flood) {
        ObjectNode json = JSON.createObjectNode();
        json.put("errors", flood.faults().size());
        json.set("mail", json(flood.ours()));
        json.set("webhook", json(flood.hooked()));
        json.set("original", json(flood.theirs()));
        json.putObject("books")
                .put("in", flood.books().in())
                .put("delivered", flood.books().delivered())
                .put("reported", flood.books().reported())
                .put("unaccounted", flood.books().unaccounted());
        json.put("seconds", flood.took().toMillis() / 1000.0);
        json.put("asTold", flood.complaints().isEmpty());
        return json;
    }

    private static ObjectNode json(Figures figures) {
        return JSON.createObjectNode()
                .put("passes", figures.passes())
                .put("summaries", figures.summaries())
                .put("digests", figures.digests())
                .put("told", figures.told())
                .put("mostInAnyWindow", figures.fullest())
                .put("lastAfter", figures.last().toString())
                .put("longestSilence", figures.silence().toString());
    }

    private static String seconds(Duration length) {
        return "%.1f seconds".formatted(length.toMillis() / 1000.0);
    }
}
