package dev.sluice;

/**
 * The state of one key cannot be read: it is damaged, or of a newer version. It was left as it is, nothing happened, and
 * every other key is served. Whoever mends it, or deletes it, ends that.
 */
public final class DamagedStateException extends StoreException {
    private static final long serialVersionUID = 1;

    private final String key;

    /** With the {@linkplain Key#text text} of the key, and what was found. */
    public DamagedStateException(String key, Throwable cause) {
        super("the stored state of " + key + " cannot be read: " + cause.getMessage(), cause);
        this.key = key;
    }

    /** Whose state; {@link Key#parse} reads it. */
    public String key() {
        return key;
    }
}
