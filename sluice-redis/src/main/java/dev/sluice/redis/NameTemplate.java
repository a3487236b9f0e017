package dev.sluice.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text with named parts, such as {@code user:{<type>:<id>}:config}: what stands between {@code <} and {@code >} is a part,
 * everything else is as it is written. Makes names out of parts, and finds the parts in a name: a part ends where the
 * text behind it occurs for the first time, and the last one takes the rest. {@code <type|lower>} is read without regard
 * to case, and written in lower case. Immutable.
 */
public final class NameTemplate {
    private static final Pattern PART = Pattern.compile("<([A-Za-z][A-Za-z0-9_]*)(\\|lower)?>");
    private static final Pattern BRACKET = Pattern.compile("[<>]");
    private static final Pattern SPECIAL = Pattern.compile("[*?\\[\\]\\\\^]");

    private final String text;
    private final List<Part> parts;
    private final String tail;
    private final Pattern form;

    /** A part, and the text before it. */
    private record Part(String before, String name, boolean lower) {}

    private NameTemplate(String text, List<Part> parts, String tail) {
        this.text = text;
        this.parts = List.copyOf(parts);
        this.tail = tail;
        this.form = form(parts, tail);
    }

    /**
     * Reads a template.
     *
     * @throws IllegalArgumentException if it has no part, one of them twice, two without a text between them, or a bracket
     *     that is none of a part
     */
    public static NameTemplate of(String text) {
        List<Part> parts = new ArrayList<>();
        Matcher part = PART.matcher(text);
        int end = 0;
        while (part.find()) {
            String before = text.substring(end, part.start());
            check(text, parts.isEmpty() || !before.isEmpty(), "has two parts with nothing between them");
            boolean again = parts.stream().anyMatch(each -> each.name.equals(part.group(1)));
            check(text, !again, "has the part '" + part.group(1) + "' twice");
            parts.add(new Part(before, part.group(1), part.group(2) != null));
            end = part.end();
        }
        String tail = text.substring(end);
        check(text, !parts.isEmpty(), "has no part; write a name in angle brackets, as in '<id>'");
        boolean stray =
                parts.stream().anyMatch(each -> BRACKET.matcher(each.before).find())
                        || BRACKET.matcher(tail).find();
        check(text, !stray, "has an angle bracket that belongs to no part");
        return new NameTemplate(text, parts, tail);
    }

    private static void check(String text, boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException("'" + text + "' " + otherwise);
        }
    }

    private static Pattern form(List<Part> parts, String tail) {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            boolean last = i == parts.size() - 1;
            form.append(Pattern.quote(parts.get(i).before)).append(last ? "(.*)" : "(.*?)");
        }
        return Pattern.compile(form.append(Pattern.quote(tail)).toString(), Pattern.DOTALL);
    }

    /** The names of its parts, in their order. */
    public List<String> parts() {
        return parts.stream().map(Part::name).toList();
    }

    /** The parts of a name, trimmed; empty if it is not of this form, or one of them is blank. */
    public Optional<Map<String, String>> read(String name) {
        Matcher matcher = form.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Map<String, String> read = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            String value = matcher.group(i + 1).strip();
            if (value.isEmpty()) {
                return Optional.empty();
            }
            read.put(part.name, part.lower ? value.toLowerCase(Locale.ROOT) : value);
        }
        return Optional.of(read);
    }

    /** The name with these parts, each of which must be there. */
    String write(Map<String, String> values) {
        StringBuilder name = new StringBuilder();
        for (Part part : parts) {
            name.append(part.before).append(values.get(part.name));
        }
        return name.append(tail).toString();
    }

    /** A glob that every name of this form matches, as SCAN takes it. */
    String glob() {
        StringBuilder glob = new StringBuilder();
        parts.forEach(part -> glob.append(literal(part.before)).append('*'));
        return glob.append(literal(tail)).toString();
    }

    private static String literal(String plain) {
        return SPECIAL.matcher(plain).replaceAll("\\\\$0");
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
