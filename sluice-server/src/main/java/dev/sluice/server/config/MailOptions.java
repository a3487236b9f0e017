package dev.sluice.server.config;

import dev.sluice.server.config.Entry.Form;
import dev.sluice.server.config.Entry.Option;
import dev.sluice.server.config.Entry.Part;
import dev.sluice.server.config.Kind.Shape;
import dev.sluice.server.config.Kind.WrongValue;
import dev.sluice.server.template.TemplateException;
import dev.sluice.server.template.TextTemplate;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** What may be configured of mails to those whom a flow is about. Part of the table of {@link Options}. */
final class MailOptions {
    private static final int SHORTEST_SECRET = 16;

    private MailOptions() {}

    /** Reads a template. */
    @FunctionalInterface
    interface Reading {
        TextTemplate of(String text) throws TemplateException;
    }

    /** Never shown: it is long, and may hold a secret of the environment. */
    private static Kind<TextTemplate> template(String example, Reading reading) {
        return new Kind<>("a template", example, Shape.TEXT, true, item -> {
            try {
                return reading.of(((Item.Scalar) item).text());
            } catch (TemplateException e) {
                throw new WrongValue(item, e.what());
            }
        });
    }

    /** A secret that is too short could be found by trying. */
    private static Kind<Secret> secret() {
        Kind<Secret> any = Kind.hidden();
        String noun = "a secret of at least " + SHORTEST_SECRET + " characters";
        return new Kind<>(noun, "\"${LINK_SECRET}\"", Shape.TEXT, true, item -> {
            Secret secret = any.read(item);
            if (secret.reveal().length() < SHORTEST_SECRET) {
                throw new WrongValue(item, "is not " + noun);
            }
            return secret;
        });
    }

    private static Kind<NavigableMap<BigDecimal, BigDecimal>> steps() {
        String noun = "a map of numbers to numbers";
        return new Kind<>(noun, "{100: 10, 500: 20}", Shape.MAP, false, item -> {
            NavigableMap<BigDecimal, BigDecimal> steps = new TreeMap<>();
            for (Map.Entry<String, Item> each : ((Item.Mapping) item).entries().entrySet()) {
                Optional<BigDecimal> from = Tier.number(each.getKey());
                Optional<BigDecimal> to =
                        each.getValue() instanceof Item.Scalar scalar ? Tier.number(scalar.text()) : Optional.empty();
                if (from.isEmpty() || to.isEmpty()) {
                    throw new WrongValue(each.getValue(), "is not " + noun);
                }
                steps.put(from.get(), to.get());
            }
            if (steps.isEmpty()) {
                throw new WrongValue(item, "is not " + noun);
            }
            return steps;
        });
    }

    /** {@code flows.NAME.mail.tiers.NAME}. */
    static final class Tiers {
        static final Option<String> OF = Option.required(
                "of", Kind.text(), "Name of the value of `data` whose height counts; what is no number is below all.");
        static final Option<NavigableMap<BigDecimal, BigDecimal>> AT = Option.required(
                "at", steps(), "What it is from each height on, that height included; below the lowest it is 0.");
        static final Table TABLE = new Table(
                "flows.NAME.mail.tiers.NAME",
                "A number that goes by the height of another, such as a discount by a total. Decimals are exact.",
                List.of(OF, AT));

        private Tiers() {}
    }

    /** {@code flows.NAME.mail.link}. */
    static final class Links {
        static final Option<URI> URL = Option.required(
                "url", Kind.url(), "Where `{{link}}` leads; a signed token comes with it as the parameter `token`.");
        static final Option<Duration> VALID = Option.of(
                "valid", Kind.length("1m", "36500d"), "24h", "For how long after the decision the token is good.");
        static final Table TABLE = new Table(
                "flows.NAME.mail.link",
                "A link that says for itself what it is good for: flow, subject, tiers and until when, see [mail.md](mail.md).",
                List.of(URL, VALID));

        private Links() {}
    }

    /** {@code flows.NAME.mail}. */
    static final class Mails {
        static final Option<TextTemplate> TITLE = Option.maybe(
                "title",
                template("'{{data.name}}, you left something in your cart'", TextTemplate::ofMail),
                "that of the occurrence",
                "The first line, on every channel: a template, see [mail.md](mail.md).");
        static final Option<TextTemplate> TEXT = Option.maybe(
                "text",
                template("'Hello {{data.name}}'", TextTemplate::ofMail),
                "none; this or `text-file` must be there",
                "All the rest as plain text: a template.");
        static final Option<Path> TEXT_FILE = Option.maybe(
                "text-file", Kinds.path(), "none", "A file with this template, relative to the configuration.");
        static final Option<TextTemplate> HTML = Option.maybe(
                "html",
                template("'<p>Hello {{data.name}}</p>'", TextTemplate::ofHtml),
                "mails have the text alone",
                "The same as HTML: a template whose values are escaped.");
        static final Option<Path> HTML_FILE = Option.maybe(
                "html-file", Kinds.path(), "none", "A file with this template, relative to the configuration.");
        static final Option<Secret> SECRET = Option.maybe(
                "secret",
                secret(),
                "none",
                "Signs links and addresses that unsubscribe; needed where one of them is. The same on all servers.");
        static final Option<Options.Flows.Switch> UNSUBSCRIBE = Option.of(
                "unsubscribe",
                Kind.word(Options.Flows.Switch.class),
                "off",
                "`on`: mails have the headers for one-click unsubscription (RFC 8058) and `{{unsubscribe}}`; needs `secret` and `http.public-url`.");
        static final Option<List<MailConfig.Track>> TRACK = Option.maybe(
                "track",
                Kind.list("a list of opens, clicks", 1, Kind.word(MailConfig.Track.class)),
                "nothing",
                "Counts that a mail was opened (by an image) or clicked in (by links that lead over this server); only in HTML to one receiver. Needs `html`, `secret` and `http.public-url`; see [mail.md](mail.md) before.");
        static final Part TIERS = new Part(
                "tiers",
                Form.NAMED,
                List.of(Tiers.TABLE),
                "Numbers for templates and links, by name: `{{tier.NAME}}`.");
        static final Part LINK = Part.one("link", Links.TABLE, "A signed link to where the receiver is to go.");
        static final Table TABLE = new Table(
                "flows.NAME.mail",
                "What messages of the flow say to those whom they are about; without it they say what is known. Digests and groups always do.",
                List.of(TITLE, TEXT, TEXT_FILE, HTML, HTML_FILE, TIERS, SECRET, LINK, UNSUBSCRIBE, TRACK));

        private Mails() {}
    }
}
