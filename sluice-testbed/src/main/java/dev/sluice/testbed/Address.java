package dev.sluice.testbed;

import java.net.URI;

/** Where a database is, and who asks: {@code scheme://user:password@host:port/database}. */
record Address(String scheme, String user, String password, String host, int port, String database) {
    /** Reads the URL of a server outside. */
    static Address parse(String url) {
        URI uri = URI.create(url);
        String who = uri.getUserInfo() == null ? "" : uri.getUserInfo();
        int colon = who.indexOf(':');
        if (uri.getHost() == null
                || uri.getPort() < 0
                || colon < 0
                || uri.getPath().length() < 2) {
            throw new IllegalArgumentException(
                    "the server for tests must be given as scheme://user:password@host:port/db");
        }
        return new Address(
                uri.getScheme(),
                who.substring(0, colon),
                who.substring(colon + 1),
                uri.getHost(),
                uri.getPort(),
                uri.getPath().substring(1));
    }

    Address with(String otherDatabase) {
        return new Address(scheme, user, password, host, port, otherDatabase);
    }

    /** As Sluice is configured. */
    String url() {
        return scheme + "://" + user + ':' + password + '@' + host + ':' + port + '/' + database;
    }

    /** For a driver, with {@code more} parameters. */
    String jdbcUrl(String more) {
        return "jdbc:" + scheme + "://" + host + ':' + port + '/' + database + "?user=" + user + "&password=" + password
                + more;
    }
}
