package dev.sluice.server.http;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a candidate of a scan stands. The word is the name in lower case, with hyphens. */
public enum CandidateState {
    /** The last scan read it; a later one offers it. */
    WAITING,
    /** It was let out, and is on its way. */
    SENDING,
    /** Somebody accepted its message. */
    SENT,
    /** Its budget holds it, or an operator does. */
    HELD,
    /** An attempt failed and another one follows, or all did. */
    FAILED,
    /** It may have arrived, and nobody said so. */
    UNKNOWN,
    /** What it was to lead to was reported after its message. */
    CONVERTED,
    /** It was taken back before it arrived. */
    WITHDRAWN,
    /** It is too old. */
    PASSED_OVER,
    /** An operator gave it up for good. */
    FORGOTTEN;

    /** The words of all. */
    static final List<String> WORDS =
            Arrays.stream(values()).map(CandidateState::word).toList();

    /** The state of that word. */
    public static Optional<CandidateState> of(String word) {
        return Arrays.stream(values())
                .filter(state -> state.word().equals(word))
                .findFirst();
    }

    /** The word for it outside Java. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
