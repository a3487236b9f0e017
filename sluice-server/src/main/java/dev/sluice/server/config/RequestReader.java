package dev.sluice.server.config;

import dev.sluice.server.config.Entry.Option;
import dev.sluice.server.config.Options.Channels;
import dev.sluice.server.template.BodyTemplate;
import dev.sluice.server.template.Recipe;
import dev.sluice.server.template.TemplateException;
import dev.sluice.server.template.TextTemplate;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads what a webhook sends, and tries its templates, so that what is wrong with them is known at the start. */
final class RequestReader {
    private RequestReader() {}

    static ChannelConfig.Request request(Section section) {
        Channels.Format format = section.get(Channels.FORMAT);
        Optional<String> chat = section.find(Channels.CHAT);
        if (format == Channels.Format.TELEGRAM && !section.has(Channels.CHAT)) {
            section.wrong(Channels.FORMAT, "needs to know which chat", "write chat: and the chat_id");
        }
        if (section.has(Channels.BODY) && section.has(Channels.FORMAT)) {
            section.wrong(Channels.BODY, "is there beside format", "keep one of them");
        }
        if (section.has(Channels.CONTENT_TYPE) && !section.has(Channels.BODY)) {
            section.wrong(Channels.CONTENT_TYPE, "is there without body", "write a body, or leave it out");
        }
        return new ChannelConfig.Request(
                section.get(Channels.METHOD),
                section.has(Channels.BODY) ? body(section) : format.recipe().map(Recipe::body),
                chat.orElse(""));
    }

    private static Optional<BodyTemplate> body(Section section) {
        String type = section.get(Channels.CONTENT_TYPE);
        Optional<Secret> text = section.find(Channels.BODY);
        try {
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(BodyTemplate.of(type, text.get().reveal()));
        } catch (TemplateException e) {
            String written = section.written(Channels.BODY, text.get().reveal());
            String[] parts = parts(wrong(() -> BodyTemplate.of(type, written)));
            section.wrong(Channels.BODY, parts[0], parts[1]);
            return Optional.empty();
        }
    }

    static Map<String, Secret> headers(Section section, Option<Map<String, Secret>> option) {
        Map<String, Secret> headers = section.find(option).orElse(Map.of());
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, value) -> {
            String which = "the header '" + name + "' ";
            Optional<String> whose = ReservedHeaders.instead(name);
            if (whose.isPresent()) {
                section.wrong(option, name, which + "is not yours to set", whose.get());
            } else if (!names.add(name)) {
                section.wrong(option, name, which + "is here twice", "keep one of them: case does not matter");
            } else {
                tryHeader(section, option, name, value);
            }
        });
        return headers;
    }

    private static void tryHeader(Section section, Option<Map<String, Secret>> option, String name, Secret value) {
        String which = "the header '" + name + "' ";
        try {
            TextTemplate template = TextTemplate.of(value.reveal());
            if (!canBeSent(name, template.isFixed() ? value.reveal() : name)) {
                section.wrong(
                        option,
                        name,
                        which + "cannot be sent",
                        "give it a name of letters, digits and '-', and a value in one line");
            }
        } catch (TemplateException e) {
            String written = section.written(option, value.reveal());
            String[] parts = parts(wrong(() -> TextTemplate.of(written)));
            section.wrong(option, name, which + parts[0], parts[1]);
        }
    }

    /** Reads a template. */
    @FunctionalInterface
    private interface Compiling {
        Object run() throws TemplateException;
    }

    /** What is wrong with a template as it was written: what the environment filled in may be a secret. */
    private static String wrong(Compiling asWritten) {
        try {
            asWritten.run();
            return "is no template any more once the environment is filled in; look for quotes and braces there";
        } catch (TemplateException e) {
            return e.what();
        }
    }

    private static boolean canBeSent(String name, String value) {
        try {
            HttpRequest.newBuilder().header(name, value);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What is wrong, and what to do about it. */
    private static String[] parts(String wrong) {
        String[] parts = wrong.split("; ", 2);
        return new String[] {parts[0], parts.length == 2 ? parts[1] : "see docs/channels.md"};
    }
}
