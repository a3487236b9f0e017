package dev.sluice.server.template;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.MustacheParseException;
import com.samskivert.mustache.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text with placeholders, checked when it is made. Immutable; never prints itself, because it may hold a secret. */
public final class TextTemplate {
    private static final String DATA = Placeholder.DATA.word() + ".";

    private static final String TAG = "{{";
    private static final String UNCLOSED = "has a '{{' without '}}', or a section that is not closed";

    /** Values are written as they are: who uses the text knows what it will be a part of. */
    private static final Mustache.Compiler COMPILER = Mustache.compiler()
            .escapeHTML(false)
            .defaultValue("")
            .emptyStringIsFalse(true)
            .zeroIsFalse(true)
            .withFormatter(Values::text);

    private final Template template;
    private final List<String> literals;
    private final boolean fixed;

    private TextTemplate(Template template, List<String> literals, boolean fixed) {
        this.template = template;
        this.literals = List.copyOf(literals);
        this.fixed = fixed;
    }

    /**
     * Reads a template.
     *
     * @throws TemplateException if it is none, or names what there is not; shows nothing else of it
     */
    public static TextTemplate of(String text) throws TemplateException {
        return of(text, text);
    }

    /** @param whole what the text is a part of: lines are counted in it */
    static TextTemplate of(String text, String whole) throws TemplateException {
        try {
            Template template = COMPILER.compile(text);
            Names names = new Names();
            template.visit(names);
            if (!names.unknown.isEmpty()) {
                String wrong = names.unknown.get(0);
                throw new TemplateException(line(whole, wrong), names.advice(wrong));
            }
            if (names.literals.stream().anyMatch(each -> each.contains(TAG))) {
                throw new TemplateException(0, UNCLOSED);
            }
            return new TextTemplate(template, names.literals, !text.contains(TAG));
        } catch (MustacheParseException e) {
            throw new TemplateException(0, UNCLOSED);
        } catch (MustacheException | UnsupportedOperationException e) {
            throw new TemplateException(0, "has a tag that is not for here");
        }
    }

    /**
     * The text with values in it.
     *
     * @param values by the words of {@link Placeholder}: text, numbers, maps and lists of these
     */
    public String render(Map<String, Object> values) {
        Map<String, Object> all = new HashMap<>(values);
        all.putAll(Filters.ALL);
        return template.execute(all);
    }

    /** Whether it is nothing but text, the same for every message. */
    public boolean isFixed() {
        return fixed;
    }

    /** What stands between the placeholders. */
    public List<String> literals() {
        return literals;
    }

    @Override
    public String toString() {
        return "***";
    }

    /** Counted from 1; 0 if it is not there as it was read. */
    private static int line(String text, String name) {
        Matcher tag = Pattern.compile("\\{\\{[{&#^>\\s]*" + Pattern.quote(name)).matcher(text);
        return tag.find()
                ? 1
                        + (int) text.substring(0, tag.start())
                                .chars()
                                .filter(each -> each == '\n')
                                .count()
                : 0;
    }

    /** Looks at every tag. */
    private static final class Names implements Mustache.Visitor {
        private final List<String> literals = new ArrayList<>();
        private final List<String> unknown = new ArrayList<>();

        @Override
        public void visitText(String text) {
            literals.add(text);
        }

        @Override
        public void visitVariable(String name) {
            if (!isValue(name)) {
                unknown.add(name);
            }
        }

        @Override
        public boolean visitSection(String name) {
            if (!isValue(name) && !Filters.isKnown(name)) {
                unknown.add(name);
            }
            return true;
        }

        @Override
        public boolean visitInvertedSection(String name) {
            visitVariable(name);
            return true;
        }

        @Override
        public boolean visitInclude(String name) {
            unknown.add(name);
            return false;
        }

        private static boolean isValue(String name) {
            return Placeholder.words().contains(name) || name.startsWith(DATA);
        }

        String advice(String name) {
            return "names '" + name + "', which there is not; known are " + String.join(", ", Placeholder.words())
                    + ", values such as data.host, and the sections " + Filters.KNOWN;
        }
    }
}
