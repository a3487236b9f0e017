package dev.sluice;

/** A store cannot answer: it is away, damaged, full on disk, or closed. The message says what to do. */
public class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With what happened and what to do. */
    public StoreException(String message) {
        super(message);
    }

    /** With what happened and what to do, and the cause. */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
