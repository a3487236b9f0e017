package dev.sluice.server.channel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.Outgoing;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.MailConfig;
import dev.sluice.server.mail.Links;
import dev.sluice.server.mail.TrackedPage;
import dev.sluice.server.mail.Tracking;
import dev.sluice.server.mail.Unsubscribing;
import dev.sluice.server.template.Placeholder;
import dev.sluice.server.template.TextTemplate;
import dev.sluice.server.text.MailAddress;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Writes what messages say to those whom they are about, by the templates of their flows. Immutable. */
final class Letters {
    /** In place of a token, where a message is shown and not sent: who looks on can use nothing of it. */
    static final String NO_TOKEN = "preview";

    /** What an item of a list cannot be called, so that it takes the place of nothing. */
    private static final Set<String> TAKEN = Set.of(
            "limit",
            "slack",
            "discord",
            "encoded",
            Placeholder.LINK.word(),
            TextTemplate.TIER,
            TextTemplate.UNSUBSCRIBE);

    private static final JsonMapper EXACT = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final Map<String, MailConfig> byFlow = new HashMap<>();
    private final Optional<String> server;

    /** @param server how others reach it */
    Letters(Collection<FlowConfig> flows, Optional<String> server) {
        flows.forEach(flow -> flow.mail().ifPresent(mail -> byFlow.put(flow.name(), mail)));
        this.server = server;
    }

    /**
     * The letter of a message; empty if its flow has none, or it tells of more than one occurrence.
     *
     * @param known what the message reads like without it
     * @param real whether it is sent; else nothing in it can be used
     */
    Optional<Letter> of(Outgoing outgoing, Rendered known, boolean real) {
        Message message = outgoing.message();
        boolean single =
                message.kind() == Message.Kind.PASS && message.members().isEmpty();
        return Optional.ofNullable(byFlow.get(message.key().flow()))
                .filter(mail -> single)
                .map(mail -> letter(mail, outgoing, known, real));
    }

    private Letter letter(MailConfig mail, Outgoing outgoing, Rendered known, boolean real) {
        Map<String, BigDecimal> tiers = tiers(mail, outgoing.message().content().data());
        Optional<String> unsubscribe = unsubscribe(mail, outgoing, real);
        Map<String, Object> values = TemplateValues.of(outgoing, known, "");
        values.computeIfPresent(Placeholder.DATA.word(), (word, data) -> withoutTaken(data));
        values.put(TextTemplate.TIER, shown(tiers));
        values.put(Placeholder.LINK.word(), link(mail, outgoing, tiers, real));
        values.put(TextTemplate.UNSUBSCRIBE, unsubscribe.orElse(""));
        return new Letter(
                mail.texts().title().map(title -> title.render(values)),
                mail.texts().text().render(values).stripTrailing() + '\n',
                mail.texts().html().map(html -> tracked(mail, outgoing, html.render(values), real, unsubscribe)),
                unsubscribe);
    }

    /** Only what goes to one receiver is tracked: an open by several is nobody's. */
    private String tracked(
            MailConfig mail, Outgoing outgoing, String html, boolean real, Optional<String> unsubscribe) {
        boolean one = real && MailAddress.mailbox(outgoing.recipient()).isPresent();
        if (!one || mail.track().isEmpty() || server.isEmpty() || mail.secret().isEmpty()) {
            return html;
        }
        Tracking.Trace trace =
                new Tracking.Trace(outgoing.message().key(), outgoing.message().id());
        return new TrackedPage(server.get(), mail.track(), trace, mail.secret().get(), unsubscribe).of(html);
    }

    private static String link(MailConfig mail, Outgoing outgoing, Map<String, BigDecimal> tiers, boolean real) {
        if (mail.link().isEmpty() || mail.secret().isEmpty()) {
            return "";
        }
        MailConfig.Link link = mail.link().get();
        Message message = outgoing.message();
        Instant until = message.window().decidedAt().plus(link.valid());
        Links.Promise promise = new Links.Promise(
                message.key().flow(), message.key().subject(), outgoing.idempotencyKey(), tiers, until);
        return Links.address(link, real ? Links.token(promise, mail.secret().get()) : NO_TOKEN);
    }

    /** Only who gets it alone can end it: an address of several is nobody's own. */
    private Optional<String> unsubscribe(MailConfig mail, Outgoing outgoing, boolean real) {
        if (!mail.unsubscribe()) {
            return Optional.empty();
        }
        Optional<String> token = real
                ? MailAddress.mailbox(outgoing.recipient())
                        .flatMap(address -> mail.secret()
                                .map(secret -> Unsubscribing.token(
                                        new Unsubscribing.Wish(
                                                outgoing.message().key().flow(), address),
                                        secret)))
                : Optional.of(NO_TOKEN);
        return server.flatMap(url -> token.map(it -> url + Unsubscribing.PATH + it));
    }

    private static Map<String, BigDecimal> tiers(MailConfig mail, String data) {
        Map<String, BigDecimal> tiers = new TreeMap<>();
        Map<?, ?> values = values(data);
        mail.tiers().forEach((name, tier) -> tiers.put(name, tier.in(values)));
        return tiers;
    }

    private static Map<?, ?> values(String data) {
        try {
            return EXACT.readValue(data, Object.class) instanceof Map<?, ?> map ? map : Map.of();
        } catch (JsonProcessingException e) {
            return Map.of();
        }
    }

    /** None is the number 0, so that a section of it is left out. */
    private static Map<String, Object> shown(Map<String, BigDecimal> tiers) {
        Map<String, Object> shown = new HashMap<>();
        tiers.forEach((name, value) -> shown.put(
                name, value.signum() == 0 ? 0 : value.stripTrailingZeros().toPlainString()));
        return shown;
    }

    private static Object withoutTaken(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> left = new LinkedHashMap<>();
            map.forEach((name, each) -> {
                if (!TAKEN.contains(name)) {
                    left.put(name, withoutTaken(each));
                }
            });
            return left;
        }
        return value instanceof List<?> list
                ? list.stream().map(Letters::withoutTaken).toList()
                : value;
    }
}
