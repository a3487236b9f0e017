package dev.sluice.server.takeover;

import java.util.Arrays;
import java.util.Optional;

/** A database that can be read from, by the beginning of its URL. */
public enum Product {
    /** One file. */
    SQLITE("jdbc:sqlite:"),
    /** PostgreSQL. */
    POSTGRESQL("jdbc:postgresql:"),
    /** MariaDB, and MySQL by the same driver. */
    MARIADB("jdbc:mariadb:");

    private final String prefix;

    Product(String prefix) {
        this.prefix = prefix;
    }

    /** The one that a URL for a driver is of, if it is one of these. */
    public static Optional<Product> of(String url) {
        return Arrays.stream(values())
                .filter(each -> url.startsWith(each.prefix))
                .findFirst();
    }
}
