package dev.sluice.server.config;

import java.net.URI;

/** A value that must never be printed: whatever prints a secret, or a record that holds one, prints a mask. */
public final class Secret {
    private static final String MASK = "***";

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /** Hides {@code value}. */
    public static Secret of(String value) {
        return new Secret(value);
    }

    /** The value itself; for the one place that needs it, never for a text. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && secret.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return MASK;
    }

    /** An address that may carry a token in its path or query. Prints scheme, host and port only. */
    public record Url(URI uri) {
        /** @throws IllegalArgumentException if no request can be sent there; its text shows nothing of the address */
        public Url {
            WebAddress.wrong(uri).ifPresent(wrong -> {
                throw new IllegalArgumentException("the address " + wrong);
            });
        }

        @Override
        public String toString() {
            String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
            return uri.getScheme() + "://" + uri.getHost() + port + "/" + MASK;
        }
    }
}
