package dev.sluice;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The rule of every flow and variant. Immutable. */
final class Flows implements Store.RuleBook {
    private final Map<String, Rule> rules;

    Flows(Map<String, Rule> rules) {
        this.rules = Map.copyOf(new HashMap<>(rules));
    }

    static String name(String flow, String variant) {
        return variant.isEmpty() ? flow : flow + '~' + variant;
    }

    /** The flow of a name with its variant. */
    static String flow(String name) {
        int tilde = name.indexOf('~');
        return tilde < 0 ? name : name.substring(0, tilde);
    }

    /** @throws IllegalArgumentException if the gate has no such flow or variant */
    Rule require(Key key) {
        return rule(key)
                .orElseThrow(() -> new IllegalArgumentException(
                        "the gate has no flow '" + name(key.flow(), key.variant()) + "'; add it to the builder"));
    }

    @Override
    public Optional<Rule> rule(Key key) {
        return Optional.ofNullable(rules.get(name(key.flow(), key.variant())));
    }
}
