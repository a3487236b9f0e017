package dev.sluice.server.config;

import dev.sluice.Boundary;
import dev.sluice.Zones;
import dev.sluice.server.template.TemplateException;
import dev.sluice.server.template.TextTemplate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the levels of a flow are read and judged, and what follows.
 *
 * @param fields where in the values of a subject what stands
 * @param zones where levels are bad; the name of a zone is the variant of its keys
 * @param unknown what happens where a level is not known
 * @param actions what is done in a zone besides telling, by zone
 * @param tellings what messages say, by zone
 * @param recovery what happens when a zone is over
 */
public record WatchConfig(
        Fields fields,
        Zones zones,
        OnUnknown unknown,
        Map<String, ActIn> actions,
        Map<String, Telling> tellings,
        OnRecovery recovery) {
    /** What messages of a zone say. */
    public Telling telling(String zone) {
        return tellings.getOrDefault(zone, Telling.STANDARD);
    }

    /**
     * Where in the values of a subject what stands.
     *
     * @param value the level
     * @param freshness how old it may be; empty: it is never too old
     * @param status whether its source can be relied on; empty: always
     * @param flat a field where 0 means that there is nothing at stake, so that the level says nothing and all is well
     */
    public record Fields(String value, Optional<Freshness> freshness, Optional<Status> status, Optional<String> flat) {}

    /**
     * How old a level may be.
     *
     * @param timestamp the field with its time: seconds or milliseconds since 1970, or ISO 8601
     * @param maxAge older than this it is not known
     */
    public record Freshness(String timestamp, Duration maxAge) {}

    /**
     * Whether the source of a level can be relied on.
     *
     * @param field what says so
     * @param ok the words that say yes, without regard to case; anything else says no
     */
    public record Status(String field, List<String> ok) {}

    /**
     * What happens where a level is not known.
     *
     * @param noticeAfter so many in a row of one subject are told to the operator
     * @param proceed whether a caller that asks may go on with what it wanted to do
     */
    public record OnUnknown(int noticeAfter, boolean proceed) {}

    /**
     * An action that a zone begins.
     *
     * @param action its name
     * @param stop the level at which it is done
     */
    public record ActIn(String action, Boundary stop) {}

    /**
     * What messages of a zone say, as templates: {@code flow}, {@code variant} for the zone, {@code subject}, and as
     * {@code data.NAME} the values of the subject, {@code data.level} and {@code data.threshold} among them.
     *
     * @param title one line
     * @param message the rest
     * @param severity a word
     */
    public record Telling(TextTemplate title, TextTemplate message, String severity) {
        private static final String TITLE = "{{subject}}: level {{data.level}} in zone {{variant}}";
        private static final String MESSAGE =
                "The level of {{subject}} is {{data.level}}; the zone begins at {{data.threshold}}.";

        /** Where nothing else is said. */
        public static final Telling STANDARD = standard();

        private static Telling standard() {
            try {
                return new Telling(TextTemplate.of(TITLE), TextTemplate.of(MESSAGE), "warning");
            } catch (TemplateException e) {
                throw new IllegalStateException("the standard templates are right", e);
            }
        }

        /** The same with other parts, where they are given. */
        Telling with(Optional<TextTemplate> otherTitle, Optional<TextTemplate> otherMessage, Optional<String> word) {
            return new Telling(otherTitle.orElse(title), otherMessage.orElse(message), word.orElse(severity));
        }
    }

    /**
     * What happens when a zone is over.
     *
     * @param withdraw whether messages of it that are not delivered yet are taken back
     * @param tell whether that is told to those who were told of the zone
     */
    public record OnRecovery(boolean withdraw, boolean tell) {}
}
