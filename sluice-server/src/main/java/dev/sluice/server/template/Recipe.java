package dev.sluice.server.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;

/** Bodies that are ready for services that many people have. Each is a file that can be read, and copied to change it. */
public enum Recipe {
    /** An incoming webhook of Slack. */
    SLACK,
    /** A webhook of Discord. */
    DISCORD,
    /** {@code sendMessage} of the bot API of Telegram. */
    TELEGRAM;

    /** The template as it can be written in a configuration. */
    public String text() {
        String file = name().toLowerCase(Locale.ROOT) + ".json";
        try (InputStream in = Objects.requireNonNull(Recipe.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The template. */
    public BodyTemplate body() {
        try {
            return BodyTemplate.of(BodyTemplate.JSON, text());
        } catch (TemplateException e) {
            throw new IllegalStateException(name() + " " + e.what(), e);
        }
    }
}
