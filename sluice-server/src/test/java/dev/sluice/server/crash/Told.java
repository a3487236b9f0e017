package dev.sluice.server.crash;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an arrival says, read as its receiver would. */
sealed interface Told {
    /** One occurrence, known by its marker. */
    record Pass(String marker) implements Told {}

    /** How many were held. */
    record Digest(String flow, String subject, long held) implements Told {}

    /** Anything else, such as a notice to the operator. */
    record Other(String headline) implements Told {}

    Pattern MARKER = Pattern.compile("mk\\d+x");
    Pattern HELD = Pattern.compile("\\[HELD x(\\d+)]");
    Pattern FLOW = Pattern.compile("(?m)^Flow: (\\S+)$");
    Pattern SUBJECT = Pattern.compile("(?m)^Subject: (\\S+)$");

    /** Reads a mail. */
    static Told mail(String headline, String text) {
        Matcher held = HELD.matcher(headline);
        if (held.find()) {
            return new Digest(first(FLOW, text), first(SUBJECT, text), Long.parseLong(held.group(1)));
        }
        Matcher marker = MARKER.matcher(headline);
        return marker.find() ? new Pass(marker.group()) : new Other(headline);
    }

    /** Reads the body of a webhook. */
    static Told webhook(String body) {
        JsonNode json = Api.json(body);
        String title = json.path("title").asText();
        if (json.path("kind").asText().equals("digest")) {
            return new Digest(
                    json.path("flow").asText(),
                    json.path("subject").asText(),
                    json.path("held").asLong());
        }
        Matcher marker = MARKER.matcher(title);
        return marker.find() ? new Pass(marker.group()) : new Other(title);
    }

    private static String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : "";
    }
}
