package dev.sluice.sql;

import dev.sluice.StoreException;

/** The state of one key cannot be read; it was left as it is, and every other key is served. */
public final class DamagedStateException extends StoreException {
    private static final long serialVersionUID = 1;

    private final String key;

    DamagedStateException(String key, Throwable cause) {
        super("the stored state of " + key + " cannot be read: " + cause.getMessage(), cause);
        this.key = key;
    }

    /** Whose state; {@link dev.sluice.Key#parse} reads it. */
    public String key() {
        return key;
    }
}
