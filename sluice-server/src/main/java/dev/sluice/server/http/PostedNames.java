package dev.sluice.server.http;

import java.util.List;
import java.util.Optional;

/** What a subject, an id and recipients may be, whatever they were posted for. */
final class PostedNames {
    static final int MOST_SUBJECT = 10_000;
    static final int MOST_WORD = 200;
    static final int MOST_RECIPIENTS = 100;
    static final int MOST_ADDRESS = 320;

    private PostedNames() {}

    /** What is wrong with those that are there goes to {@code faults}. */
    static void check(Optional<String> subject, Optional<String> id, List<String> recipients, Faults faults) {
        subject.ifPresent(text -> {
            checkWord("subject", text, faults);
            if (text.startsWith("~")) {
                faults.add("subject", "must not begin with ~, as those of the server itself do");
            }
        });
        id.ifPresent(text -> checkWord("id", text, faults));
        recipients.forEach(text -> checkWord("recipients", text, faults));
    }

    private static void checkWord(String name, String text, Faults faults) {
        if (text.isBlank()) {
            faults.add(name, "must not be blank");
        } else if (text.chars().anyMatch(Character::isISOControl)) {
            faults.add(name, "must not hold control characters");
        }
    }
}
