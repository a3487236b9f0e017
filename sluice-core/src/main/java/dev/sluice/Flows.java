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

    @Override
    public Optional<Rule> rule(Key key) {
        return Optional.ofNullable(rules.get(name(key.flow(), key.variant())));
    }
}
