package dev.sluice.server.console;

import dev.sluice.server.text.SafeText;
import java.util.List;
import java.util.Set;

/**
 * A piece of a page. Text can only get in through {@link #text} and {@link #attr}, which escape it, so no content can
 * become markup. Immutable.
 */
sealed interface Html {
    /** Writes it. */
    void to(StringBuilder out);

    /** The whole as a document. */
    default String document() {
        StringBuilder out = new StringBuilder("<!doctype html>\n");
        to(out);
        return out.append('\n').toString();
    }

    /** An element; attributes come first among its parts. */
    static Html el(String name, Html... parts) {
        return new Element(name, List.of(parts));
    }

    /** Text, escaped. */
    static Html text(String text) {
        return new Text(text);
    }

    /** A number with thin gaps between the thousands. */
    static Html number(long number) {
        return new Text(String.format(java.util.Locale.ROOT, "%,d", number).replace(',', '\u202f'));
    }

    /** An attribute with its value. */
    static Html attr(String name, String value) {
        return new Attribute(name, value);
    }

    /** The class attribute. */
    static Html cls(String names) {
        return new Attribute("class", names);
    }

    /** An attribute that is there or not. */
    static Html flag(String name, boolean there) {
        return there ? new Attribute(name, name) : nothing();
    }

    /** One after the other. */
    static Html all(List<Html> parts) {
        return new Many(parts);
    }

    /** Nothing at all. */
    static Html nothing() {
        return new Many(List.of());
    }

    /** See {@link #el}. */
    record Element(String name, List<Html> parts) implements Html {
        private static final Set<String> VOID = Set.of("meta", "link", "input", "br", "hr");

        @Override
        public void to(StringBuilder out) {
            out.append('<').append(name);
            parts.stream().filter(Attribute.class::isInstance).forEach(part -> part.to(out));
            out.append('>');
            if (!VOID.contains(name)) {
                parts.stream().filter(part -> !(part instanceof Attribute)).forEach(part -> part.to(out));
                out.append("</").append(name).append('>');
            }
        }
    }

    /** See {@link #all}. */
    record Many(List<Html> parts) implements Html {
        @Override
        public void to(StringBuilder out) {
            parts.forEach(part -> part.to(out));
        }
    }

    /** See {@link #attr}. */
    record Attribute(String name, String value) implements Html {
        @Override
        public void to(StringBuilder out) {
            out.append(' ').append(name).append("=\"");
            escape(value, out);
            out.append('"');
        }
    }

    /** See {@link #text}. */
    record Text(String text) implements Html {
        @Override
        public void to(StringBuilder out) {
            escape(text, out);
        }
    }

    private static void escape(String text, StringBuilder out) {
        text.codePoints().forEach(point -> {
            switch (point) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(misleads(point) ? '\ufffd' : point);
            }
        });
    }

    /** Control characters, halves of a pair, and those that turn the direction of reading or hide. */
    private static boolean misleads(int point) {
        boolean control = Character.isISOControl(point) && point != '\n' && point != '\t';
        return control || Character.getType(point) == Character.SURROGATE || SafeText.misleads(point);
    }
}
