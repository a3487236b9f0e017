package dev.sluice.server.template;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.MustacheParseException;
import com.samskivert.mustache.Template;
import dev.sluice.server.text.SafeText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text with placeholders, checked when it is made. Immutable; never prints itself, because it may hold a secret. */
public final class TextTemplate {
    private static final String DATA = Placeholder.DATA.word() + ".";

    /** Before the name of a tier of a mail. */
    public static final String TIER = "tier";

    /** In a mail: where its receiver says that it was the last one. */
    public static final String UNSUBSCRIBE = "unsubscribe";

    private static final String TIER_OF = TIER + ".";
    private static final Set<String> ADDRESSES = Set.of(Placeholder.LINK.word(), UNSUBSCRIBE);

    private static final String TAG = "{{";
    private static final String STRANGE = "has a tag that is not for here";
    private static final String UNCLOSED = "has a '{{' without '}}', or a section that is not closed";

    /** Values are written as they are: who uses the text knows what it will be a part of. */
    private static final Mustache.Compiler COMPILER = Mustache.compiler()
            .escapeHTML(false)
            .defaultValue("")
            .emptyStringIsFalse(true)
            .zeroIsFalse(true)
            .withFormatter(Values::text);

    /** Every value is escaped, whatever its tag asks for. */
    private static final Mustache.Compiler HTML = COMPILER.withFormatter(value -> SafeText.html(Values.text(value)));

    /** What a template is for. */
    private enum Use {
        CHANNEL,
        MAIL,
        HTML_MAIL
    }

    private final Template template;
    private final Names names;
    private final Use use;
    private final boolean fixed;

    private TextTemplate(Template template, Names names, Use use, boolean fixed) {
        this.template = template;
        this.names = names;
        this.use = use;
        this.fixed = fixed;
    }

    /**
     * Reads a template.
     *
     * @throws TemplateException if it is none, or names what there is not; shows nothing else of it
     */
    public static TextTemplate of(String text) throws TemplateException {
        return of(text, text, Use.CHANNEL);
    }

    /**
     * Reads a template of a mail, which has {@code tier.NAME} and {@code unsubscribe} besides.
     *
     * @throws TemplateException if it is none, or names what there is not; shows nothing else of it
     */
    public static TextTemplate ofMail(String text) throws TemplateException {
        return of(text, text, Use.MAIL);
    }

    /**
     * Reads a template of a mail in HTML. Its values are escaped, and encoded where they are a part of an address.
     *
     * @throws TemplateException if it is none, names what there is not, or has a value where it could get out of its place
     */
    public static TextTemplate ofHtml(String html) throws TemplateException {
        return of(HtmlPlaces.safe(html, ADDRESSES, Filters.ENCODED), html, Use.HTML_MAIL);
    }

    /** @param whole what the text is a part of: lines are counted in it */
    static TextTemplate of(String text, String whole) throws TemplateException {
        return of(text, whole, Use.CHANNEL);
    }

    private static TextTemplate of(String text, String whole, Use use) throws TemplateException {
        try {
            Template template = (use == Use.HTML_MAIL ? HTML : COMPILER).compile(text);
            Names names = new Names(use, Tags.inside(text, DATA));
            template.visit(names);
            if (!names.unknown.isEmpty()) {
                String wrong = names.unknown.get(0);
                throw new TemplateException(line(whole, wrong), names.advice(wrong));
            }
            if (names.literals.stream().anyMatch(each -> each.contains(TAG))) {
                throw new TemplateException(0, UNCLOSED);
            }
            if (Tags.of(text).stream().anyMatch(each -> each.kind() == Tags.Kind.OTHER)) {
                throw new TemplateException(0, STRANGE);
            }
            return new TextTemplate(template, names, use, !text.contains(TAG));
        } catch (MustacheParseException e) {
            throw new TemplateException(0, UNCLOSED);
        } catch (MustacheException | UnsupportedOperationException e) {
            throw new TemplateException(0, STRANGE);
        }
    }

    /**
     * The text with values in it.
     *
     * @param values by the words of {@link Placeholder}: text, numbers, maps and lists of these
     */
    public String render(Map<String, Object> values) {
        Map<String, Object> all = new HashMap<>(values);
        all.putAll(use == Use.HTML_MAIL ? Filters.IN_HTML : Filters.ALL);
        return template.execute(all);
    }

    /** Whether it is nothing but text, the same for every message. */
    public boolean isFixed() {
        return fixed;
    }

    /** What stands between the placeholders. */
    public List<String> literals() {
        return List.copyOf(names.literals);
    }

    /** The names of tiers that it shows. */
    public Set<String> tiers() {
        return Set.copyOf(names.tiers);
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
        private final Set<String> tiers = new LinkedHashSet<>();
        private final Use use;
        private final Set<String> ofItems;

        /** @param ofItems names that stand only in sections of lists, where any name may be one of an item */
        Names(Use use, Set<String> ofItems) {
            this.use = use;
            this.ofItems = ofItems;
        }

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

        private boolean isValue(String name) {
            if (use != Use.CHANNEL && name.startsWith(TIER_OF)) {
                tiers.add(name.substring(TIER_OF.length()));
                return true;
            }
            return Placeholder.words().contains(name)
                    || name.startsWith(DATA)
                    || ofItems.contains(name)
                    || (use != Use.CHANNEL && name.equals(UNSUBSCRIBE));
        }

        String advice(String name) {
            return "names '" + name + "', which there is not; known are " + String.join(", ", Placeholder.words())
                    + (use == Use.CHANNEL ? "" : ", " + UNSUBSCRIBE + ", tiers such as tier.discount")
                    + ", values such as data.host, and the sections " + Filters.KNOWN;
        }
    }
}
