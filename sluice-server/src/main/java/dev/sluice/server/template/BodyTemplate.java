package dev.sluice.server.template;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** What a request says, with placeholders; its form is fixed, whatever the values are. Immutable, prints nothing of itself. */
public sealed interface BodyTemplate permits JsonTemplate, FormTemplate, PlainTemplate {
    /** What a body is unless something else is said. */
    String JSON = "application/json";

    /**
     * Reads a template.
     *
     * @param contentType JSON, a form, or plain text
     * @throws TemplateException if it is none of this type, names what there is not, or the type is another
     */
    static BodyTemplate of(String contentType, String text) throws TemplateException {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (type.equals(JSON) || type.endsWith("+json")) {
            return JsonTemplate.of(contentType, text);
        } else if (type.equals(FormTemplate.TYPE)) {
            return FormTemplate.of(text);
        } else if (type.equals(PlainTemplate.TYPE)) {
            return new PlainTemplate(TextTemplate.of(text));
        }
        throw new TemplateException(
                0,
                "cannot be of this content type; known are " + JSON + ", others that end in +json, " + FormTemplate.TYPE
                        + " and " + PlainTemplate.TYPE);
    }

    /** For the header of this name. */
    String contentType();

    /**
     * The body of one message.
     *
     * @param values by the words of {@link Placeholder}: text, numbers, maps and lists of these
     */
    String render(Map<String, Object> values);

    /** The parts of texts that stand between placeholders. */
    List<String> literals();

    /** The literals of several texts. */
    static List<String> literals(Stream<TextTemplate> texts) {
        return texts.flatMap(each -> each.literals().stream()).toList();
    }
}
