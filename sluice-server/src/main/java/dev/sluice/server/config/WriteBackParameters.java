package dev.sluice.server.config;

import java.util.List;

/** The parameters of statements that write back, beside those that are called like columns. */
public final class WriteBackParameters {
    /** The key of the message, as the ledger writes it. */
    public static final String KEY = "key";

    /** The subject of the key in full: user and content. */
    public static final String SUBJECT = "subject";

    /** The name of the content. */
    public static final String CONTENT = "content";

    /** The number of the message. */
    public static final String MESSAGE_ID = "message_id";

    /** Where the message is since then. */
    public static final String STATE = "state";

    /** Why it was not delivered. */
    public static final String REASON = "reason";

    /** When that happened, in whole seconds since 1970. */
    public static final String AT = "at";

    /** When the message was let out, in whole seconds since 1970. */
    public static final String CLAIMED_AT = "claimed_at";

    /** All of them. */
    static final List<String> NAMES = List.of(KEY, SUBJECT, CONTENT, MESSAGE_ID, STATE, REASON, AT, CLAIMED_AT);

    private WriteBackParameters() {}
}
