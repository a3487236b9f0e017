package dev.sluice.server.template;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where in a page of HTML the values of a template stand. Escaping alone keeps a value in its place only in text and in
 * quotes; so others are refused, and where a value is a part of an address it is encoded as one.
 */
final class HtmlPlaces {
    private static final Set<String> ADDRESSES = Set.of(
            "href",
            "src",
            "action",
            "formaction",
            "background",
            "poster",
            "cite",
            "data",
            "ping",
            "srcset",
            "longdesc",
            "codebase",
            "xlink:href");
    private static final Set<String> RAW =
            Set.of("script", "style", "xmp", "iframe", "noembed", "noframes", "noscript", "plaintext");
    private static final String NOT_ALONE = "has a section that begins and ends in different places of the HTML";

    private final String template;
    private final Set<String> whole;
    private final StringBuilder safe = new StringBuilder();
    private final Deque<Place> sections = new ArrayDeque<>();
    private Place place = Place.TEXT;
    private String element = "";
    private String raw = "";

    private HtmlPlaces(String template, Set<String> whole) {
        this.template = template;
        this.whole = whole;
    }

    private enum Where {
        TEXT,
        TAG,
        VALUE,
        COMMENT
    }

    /**
     * @param attribute the one whose value, or name, it is
     * @param quote what ends the value; a blank where nothing does
     * @param begun whether something of the value stands before
     */
    private record Place(Where where, String attribute, char quote, boolean begun) {
        static final Place TEXT = new Place(Where.TEXT, "", ' ', false);

        boolean isAddress() {
            return where == Where.VALUE && ADDRESSES.contains(attribute);
        }
    }

    /**
     * The same template, in which values that are parts of addresses stand in sections that encode them.
     *
     * @param whole names of values that are addresses of the server's own making
     * @param encoding name of the section that encodes
     * @throws TemplateException if a value stands where it could get out
     */
    static String safe(String template, Set<String> whole, String encoding) throws TemplateException {
        HtmlPlaces places = new HtmlPlaces(template, whole);
        int at = 0;
        for (Tags.Tag tag : Tags.of(template)) {
            places.text(at, tag.start());
            places.tag(tag, encoding);
            at = tag.end();
        }
        places.text(at, template.length());
        return places.safe.toString();
    }

    private void tag(Tags.Tag tag, String encoding) throws TemplateException {
        String written = template.substring(tag.start(), tag.end());
        switch (tag.kind()) {
            case VALUE -> {
                Optional<String> wrong = wrong(tag.name());
                if (wrong.isPresent()) {
                    throw new TemplateException(line(tag.start()), "has '" + tag.name() + "' " + wrong.get());
                }
                boolean encoded = place.isAddress() && !whole.contains(tag.name());
                safe.append(encoded ? "{{#" + encoding + "}}" + written + "{{/" + encoding + "}}" : written);
                place = new Place(place.where, place.attribute, place.quote, place.where == Where.VALUE);
            }
            case BEGIN -> {
                sections.push(place);
                safe.append(written);
            }
            case END -> {
                if (!sections.isEmpty() && !sections.pop().equals(place)) {
                    throw new TemplateException(line(tag.start()), NOT_ALONE);
                }
                safe.append(written);
            }
            case REMARK, OTHER -> safe.append(written);
        }
    }

    private int line(int at) {
        return 1
                + (int) template.substring(0, at)
                        .chars()
                        .filter(each -> each == '\n')
                        .count();
    }

    private Optional<String> wrong(String name) {
        if (!raw.isEmpty()) {
            return Optional.of("inside " + raw + "; values stand in text and in quotes");
        }
        return switch (place.where) {
            case TEXT -> Optional.empty();
            case COMMENT -> Optional.of("inside a comment; leave it out");
            case TAG -> Optional.of("inside a tag; values stand in text and in quotes");
            case VALUE -> wrongValue(name);
        };
    }

    private Optional<String> wrongValue(String name) {
        String attribute = place.attribute;
        if (place.quote == ' ') {
            return Optional.of("as a value without quotes; write quotes around it");
        } else if (attribute.startsWith("on") || attribute.equals("style") || attribute.equals("srcdoc")) {
            return Optional.of("in the attribute '" + attribute + "', where a value could act; leave it out");
        }
        return place.isAddress() && !place.begun && !whole.contains(name)
                ? Optional.of("at the beginning of an address; write https:// and the host before it")
                : Optional.empty();
    }

    private void text(int from, int to) {
        safe.append(template, from, to);
        for (int at = from; at < to; at++) {
            at = switch (place.where) {
                case TEXT -> inText(at, to);
                case TAG -> inTag(at);
                case VALUE -> inValue(at);
                case COMMENT -> inComment(at);
            };
        }
    }

    private int inText(int at, int to) {
        if (template.charAt(at) != '<') {
            return at;
        }
        if (!raw.isEmpty()) {
            if (template.regionMatches(true, at, "</" + raw, 0, raw.length() + 2)) {
                raw = "";
                enter(Where.TAG);
            }
            return at;
        }
        if (template.startsWith("<!--", at)) {
            enter(Where.COMMENT);
            return at + 3;
        }
        boolean begins = at + 1 < to
                && (Character.isLetter(template.charAt(at + 1)) || "/!?".indexOf(template.charAt(at + 1)) >= 0);
        if (begins || at + 1 == to) {
            enter(Where.TAG);
            element = name(at + 1);
        }
        return at;
    }

    /** Letters from here on, in lower case. */
    private String name(int from) {
        int end = from;
        while (end < template.length()
                && (Character.isLetterOrDigit(template.charAt(end)) || "-:_".indexOf(template.charAt(end)) >= 0)) {
            end++;
        }
        return template.substring(from, end).toLowerCase(Locale.ROOT);
    }

    private int inTag(int at) {
        char c = template.charAt(at);
        if (c == '>') {
            raw = RAW.contains(element) ? element : "";
            place = Place.TEXT;
        } else if (c == '=') {
            int value = at + 1;
            while (value < template.length() && Character.isWhitespace(template.charAt(value))) {
                value++;
            }
            char quote = value < template.length() ? template.charAt(value) : ' ';
            boolean quoted = quote == '"' || quote == '\'';
            place = new Place(Where.VALUE, attribute(at), quoted ? quote : ' ', false);
            return quoted ? value : value - 1;
        }
        return at;
    }

    /** The name that ends before {@code equals}. */
    private String attribute(int equals) {
        int end = equals;
        while (end > 0 && Character.isWhitespace(template.charAt(end - 1))) {
            end--;
        }
        int start = end;
        while (start > 0
                && "<>\"'/=".indexOf(template.charAt(start - 1)) < 0
                && !Character.isWhitespace(template.charAt(start - 1))) {
            start--;
        }
        return template.substring(start, end).toLowerCase(Locale.ROOT);
    }

    private int inValue(int at) {
        char c = template.charAt(at);
        if (c == place.quote || (place.quote == ' ' && Character.isWhitespace(c))) {
            enter(Where.TAG);
        } else if (place.quote == ' ' && c == '>') {
            enter(Where.TAG);
            return at - 1;
        } else {
            place = new Place(Where.VALUE, place.attribute, place.quote, true);
        }
        return at;
    }

    private int inComment(int at) {
        if (template.startsWith("-->", at)) {
            place = Place.TEXT;
            return at + 2;
        }
        return at;
    }

    private void enter(Where where) {
        place = new Place(where, "", ' ', false);
    }
}
