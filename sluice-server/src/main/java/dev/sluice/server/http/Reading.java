package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Reads one JSON object, member by member. Wrong types, unknown members and values out of bounds become faults and
 * reading goes on; what is no JSON ends it. A member that is {@code null} reads as absent.
 */
final class Reading {
    private static final String CUT = "…";

    private final JsonParser parser;
    private final Faults faults;

    private Reading(JsonParser parser, Faults faults) {
        this.parser = parser;
        this.faults = faults;
    }

    /** Takes the value of a member; says false if it knows no such member. */
    @FunctionalInterface
    interface Member {
        boolean read(String name, Reading from) throws IOException;
    }

    /**
     * Reads {@code body} and gives each member to {@code member}.
     *
     * @throws Refusal if it is no JSON
     */
    static void object(byte[] body, Faults faults, Member member) {
        try (JsonParser parser = Json.FACTORY.createParser(body)) {
            new Reading(parser, faults).all(member);
        } catch (JsonProcessingException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw new Refusal(Problem.Kind.MALFORMED, "the body is not UTF-8: " + e.getMessage());
        }
    }

    private void all(Member member) throws IOException {
        JsonToken first = parser.nextToken();
        if (first != JsonToken.START_OBJECT) {
            faults.add("", first == null ? "the body is empty; a JSON object is needed" : "must be a JSON object");
            return;
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            if (!member.read(name, this)) {
                faults.add(name, "is not known here");
                parser.skipChildren();
            }
        }
        if (parser.nextToken() != null) {
            faults.add("", "something follows the JSON object");
        }
    }

    private static Refusal malformed(JsonProcessingException cause) {
        JsonLocation at = cause.getLocation();
        String place = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
        String detail = cause.getOriginalMessage() + place;
        return new Refusal(new Problem(Problem.Kind.MALFORMED, detail, List.of(new Fault("", detail))));
    }

    /** A text of at most {@code most} characters. */
    Optional<String> text(String name, int most) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            wrong(name, "a string");
            return Optional.empty();
        }
        return sound(name, parser.getText(), most);
    }

    /** A text of which no more than {@code most} characters are kept; the last of these is then a sign of the cut. */
    Optional<String> beginning(String name, int most) throws IOException {
        return text(name, Integer.MAX_VALUE).map(text -> text.length() > most ? cut(text, most) : text);
    }

    private static String cut(String text, int most) {
        int end = most - CUT.length();
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + CUT;
    }

    /** A number; JSON has no NaN. */
    OptionalDouble number(String name) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
            double value = parser.getDoubleValue();
            if (Double.isFinite(value)) {
                return OptionalDouble.of(value);
            }
            faults.add(name, "is too large a number");
        } else {
            wrong(name, "a number");
        }
        return OptionalDouble.empty();
    }

    /** True or false; false if it is neither. */
    boolean flag(String name) throws IOException {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            wrong(name, "true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    /** An object of plain values, each as its text; members that are {@code null} are left out. */
    Map<String, String> plainObject(String name, int mostMembers, int most) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        if (!begins(name, JsonToken.START_OBJECT, "an object")) {
            return values;
        }
        for (String member = parser.nextFieldName(); member != null; member = parser.nextFieldName()) {
            parser.nextToken();
            plain(name + "." + member, most).ifPresent(put(values, member));
        }
        if (values.size() > mostMembers) {
            faults.add(name, "has " + values.size() + " members; at most " + mostMembers + " are taken");
        }
        return values;
    }

    private static java.util.function.Consumer<String> put(Map<String, String> values, String member) {
        return value -> values.put(member, value);
    }

    /** A value that is one too many. */
    void tooMany(String name, int most) throws IOException {
        faults.add(name, "is one too many; at most " + most + " values are taken");
        parser.skipChildren();
    }

    /** A plain value as its text; nothing if it is {@code null}. */
    Optional<String> plain(String path, int most) throws IOException {
        JsonToken token = parser.currentToken();
        if (token != null && token.isScalarValue()) {
            return token == JsonToken.VALUE_NULL ? Optional.empty() : sound(path, parser.getText(), most);
        }
        wrong(path, "a string, a number, true or false");
        return Optional.empty();
    }

    /** An array of texts. */
    List<String> texts(String name, int mostItems, int most) throws IOException {
        List<String> items = new ArrayList<>();
        if (!begins(name, JsonToken.START_ARRAY, "an array of strings")) {
            return items;
        }
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            text(name + "[" + i + "]", most).ifPresent(items::add);
        }
        if (items.size() > mostItems) {
            faults.add(name, "has " + items.size() + " items; at most " + mostItems + " are taken");
        }
        return items;
    }

    /** Any object, as the text of it without spaces; numbers keep every digit. */
    String anyObject(String name) throws IOException {
        if (!begins(name, JsonToken.START_OBJECT, "an object")) {
            return "{}";
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.FACTORY.createGenerator(text)) {
            json.writeStartObject();
            for (int depth = 1; depth > 0; ) {
                JsonToken token = parser.nextToken();
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                json.copyCurrentEventExact(parser);
            }
        }
        return sound(name, text.toString(), Integer.MAX_VALUE).orElse("{}");
    }

    private boolean begins(String name, JsonToken token, String what) throws IOException {
        if (parser.currentToken() == token) {
            return true;
        }
        wrong(name, what);
        return false;
    }

    private void wrong(String name, String wanted) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_NULL) {
            faults.add(name, "must be " + wanted);
            parser.skipChildren();
        }
    }

    private Optional<String> sound(String name, String text, int most) {
        if (text.length() > most) {
            faults.add(name, "has " + text.length() + " characters; at most " + most + " are taken");
            return Optional.empty();
        }
        if (!isUnicode(text)) {
            faults.add(name, "holds half of a surrogate pair, which is no character");
            return Optional.empty();
        }
        return Optional.of(text);
    }

    private static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }
}
