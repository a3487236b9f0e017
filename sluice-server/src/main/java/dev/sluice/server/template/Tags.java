package dev.sluice.server.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tags of a template, in the order in which they stand in it. */
final class Tags {
    private static final Pattern TAG = Pattern.compile("\\{\\{\\{?\\s*([#^/&>!=]?)\\s*(.*?)\\s*}}}?", Pattern.DOTALL);

    /** What can be the name of a value of a list's item: also {@code .}, the item itself. */
    private static final Pattern FREE = Pattern.compile("-?[\\w.-]+");

    private Tags() {}

    /** What a tag does. */
    enum Kind {
        /** Shows a value. */
        VALUE,
        /** Begins a section. */
        BEGIN,
        /** Ends one. */
        END,
        /** Nothing that is seen. */
        REMARK,
        /** Anything else that the library knows. */
        OTHER
    }

    /** A tag from {@code start} to {@code end}, exclusive. */
    record Tag(Kind kind, String name, int start, int end) {}

    static List<Tag> of(String template) {
        List<Tag> tags = new ArrayList<>();
        Matcher tag = TAG.matcher(template);
        while (tag.find()) {
            tags.add(new Tag(kind(tag.group(1)), tag.group(2), tag.start(), tag.end()));
        }
        return tags;
    }

    private static Kind kind(String sign) {
        return switch (sign) {
            case "", "&" -> Kind.VALUE;
            case "#", "^" -> Kind.BEGIN;
            case "/" -> Kind.END;
            case "!" -> Kind.REMARK;
            default -> Kind.OTHER;
        };
    }

    /** Names that stand nowhere but inside a section of a value beginning with {@code prefix}: those of its items. */
    static Set<String> inside(String template, String prefix) {
        Set<String> inside = new TreeSet<>();
        Set<String> outside = new TreeSet<>();
        Deque<Boolean> open = new ArrayDeque<>();
        for (Tag tag : of(template)) {
            boolean within = open.contains(true);
            if (tag.kind() == Kind.END) {
                open.poll();
            } else {
                (within && FREE.matcher(tag.name()).matches() ? inside : outside).add(tag.name());
                if (tag.kind() == Kind.BEGIN) {
                    open.push(tag.name().startsWith(prefix));
                }
            }
        }
        inside.removeAll(outside);
        return inside;
    }
}
