package dev.sluice.server.template;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Names with values, as a form sends them. It is taken apart first and encoded last, so no value can add a field. */
record FormTemplate(List<Field> fields) implements BodyTemplate {
    static final String TYPE = "application/x-www-form-urlencoded";

    /** A name, and what its value is made of. */
    record Field(String name, TextTemplate value) {}

    static FormTemplate of(String text) throws TemplateException {
        List<Field> fields = new ArrayList<>();
        for (String pair : text.strip().split("&", -1)) {
            String[] parts = pair.split("=", 2);
            if (parts.length < 2 || parts[0].isBlank() || parts[0].contains("{{")) {
                throw new TemplateException(0, "is no form; write name=value, with & between, and nothing encoded");
            }
            fields.add(new Field(parts[0].strip(), TextTemplate.of(parts[1])));
        }
        return new FormTemplate(List.copyOf(fields));
    }

    @Override
    public String contentType() {
        return TYPE;
    }

    @Override
    public String render(Map<String, Object> values) {
        return fields.stream()
                .map(field ->
                        encoded(field.name()) + '=' + encoded(field.value().render(values)))
                .collect(Collectors.joining("&"));
    }

    @Override
    public List<String> literals() {
        return BodyTemplate.literals(fields.stream().map(Field::value));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
