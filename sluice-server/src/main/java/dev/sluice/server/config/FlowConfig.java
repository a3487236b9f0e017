package dev.sluice.server.config;

import dev.sluice.Key;
import dev.sluice.Rule;
import dev.sluice.SubjectRecipe;
import dev.sluice.outbox.FlowPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A flow: what it allows, where its messages go, and how an occurrence becomes a key.
 *
 * <p>The methods that take {@code values} want the values of an occurrence by name: its {@code fields}, and beside them
 * {@code title}, {@code message} and {@code severity}, where {@code fields} does not have them itself. Values that are
 * not text come as their JSON text.
 *
 * @param plan name, rules by variant, channels
 * @param subject how values become a subject
 * @param variants in the order of the configuration
 * @param levels what it does with levels
 * @param mail what its messages say to those whom they are about; empty: what is known
 * @param scan the query that finds what it is about, if there is one
 */
public record FlowConfig(
        FlowPlan plan,
        SubjectRecipe subject,
        List<Variant> variants,
        LevelsConfig levels,
        Optional<MailConfig> mail,
        Optional<ScanConfig> scan) {
    /** A flow of occurrences. */
    public FlowConfig(FlowPlan plan, SubjectRecipe subject, List<Variant> variants) {
        this(plan, subject, variants, LevelsConfig.NONE, Optional.empty(), Optional.empty());
    }

    /** Its name. */
    public String name() {
        return plan.name();
    }

    /** The rule of a variant; of the flow itself for the empty name. */
    public Rule rule(String variant) {
        Rule rule = plan.rules().get(variant);
        if (rule == null) {
            throw new IllegalArgumentException("flow '" + name() + "' has no variant '" + variant + "'");
        }
        return rule;
    }

    /** The name of the first variant whose conditions all hold; empty if none does. */
    public String variant(Map<String, String> values) {
        return variants.stream()
                .filter(variant -> variant.matches(values))
                .map(Variant::name)
                .findFirst()
                .orElse("");
    }

    /**
     * The key of an occurrence, by the recipe of the flow. Depends on nothing but {@code values}.
     *
     * @throws IllegalArgumentException if the recipe is {@link SubjectRecipe.Given}
     */
    public Key key(Map<String, String> values) {
        return key(variant(values), subjectText(values));
    }

    /** The key of a subject in a variant (empty: the flow itself); a long subject is hashed. */
    public Key key(String variant, String subject) {
        return Key.of(name(), variant, subject);
    }

    /**
     * The subject in full, before a long one is hashed. {@code Occurrence.subjectText} wants it where it differs from
     * the subject of the key.
     *
     * @throws IllegalArgumentException if the recipe is {@link SubjectRecipe.Given}
     */
    public String subjectText(Map<String, String> values) {
        return subject.subject(values);
    }

    /**
     * A named case of a flow.
     *
     * @param name part of the key
     * @param when conditions that must all hold; values are compared trimmed and without regard to case. Empty: only
     *     callers that name the variant get it
     */
    public record Variant(String name, Map<String, String> when) {
        boolean matches(Map<String, String> values) {
            return !when.isEmpty()
                    && when.entrySet().stream()
                            .allMatch(condition -> condition
                                    .getValue()
                                    .strip()
                                    .equalsIgnoreCase(values.getOrDefault(condition.getKey(), "")
                                            .strip()));
        }
    }
}
