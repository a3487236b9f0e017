package dev.sluice.server.takeover;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the states of another system mean. They are compared without regard to case; true is 1, and false 0.
 *
 * @param told it was told
 * @param pending somebody has it in hand
 * @param skip it is left alone
 */
record States(List<String> told, List<String> pending, List<String> skip) {
    /** What a state can mean. */
    enum Meaning {
        TOLD,
        PENDING,
        SKIP
    }

    boolean isEmpty() {
        return told.isEmpty() && pending.isEmpty() && skip.isEmpty();
    }

    /** The states that mean more than one thing. */
    List<String> ambiguous() {
        List<String> all = new ArrayList<>();
        List.of(told, pending, skip)
                .forEach(each -> each.stream().map(States::plain).distinct().forEach(all::add));
        return all.stream()
                .filter(each -> all.indexOf(each) != all.lastIndexOf(each))
                .distinct()
                .toList();
    }

    Optional<Meaning> meaning(String state) {
        if (has(told, state)) {
            return Optional.of(Meaning.TOLD);
        } else if (has(pending, state)) {
            return Optional.of(Meaning.PENDING);
        }
        return has(skip, state) ? Optional.of(Meaning.SKIP) : Optional.empty();
    }

    private static boolean has(List<String> states, String state) {
        return states.stream().anyMatch(each -> plain(each).equals(plain(state)));
    }

    private static String plain(String state) {
        String lower = state.strip().toLowerCase(Locale.ROOT);
        return switch (lower) {
            case "true" -> "1";
            case "false" -> "0";
            default -> lower;
        };
    }
}
