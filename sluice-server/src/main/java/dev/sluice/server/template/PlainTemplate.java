package dev.sluice.server.template;

import java.util.List;
import java.util.Map;

/** A body that is nothing but text. */
record PlainTemplate(TextTemplate text) implements BodyTemplate {
    static final String TYPE = "text/plain";

    @Override
    public String contentType() {
        return TYPE + "; charset=utf-8";
    }

    @Override
    public String render(Map<String, Object> values) {
        return text.render(values);
    }

    @Override
    public List<String> literals() {
        return text.literals();
    }
}
