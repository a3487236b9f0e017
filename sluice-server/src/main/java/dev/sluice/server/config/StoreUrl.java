package dev.sluice.server.config;

import java.nio.file.Path;

/** Where the state of keys lives, or the messages. Prints no password. */
public sealed interface StoreUrl {
    /** Whether messages can live there, too: a SQL database. */
    default boolean isDatabase() {
        return true;
    }

    /** Whether other processes can use it at the same time. */
    default boolean isShared() {
        return false;
    }

    /** One SQLite file; its directory is made when the server starts. */
    record Sqlite(Path file) implements StoreUrl {
        @Override
        public String toString() {
            return "sqlite:" + file;
        }
    }

    /** Gone when the process ends, messages included: for trials and tests. */
    record Memory() implements StoreUrl {
        @Override
        public String toString() {
            return "memory:";
        }
    }

    /**
     * A server of its own, which any number of processes use. Only scheme, user, hosts and path are ever printed.
     *
     * @param scheme what kind of server
     * @param login who logs in; each part percent-encoded
     * @param hosts {@code HOST:PORT}, separated by commas where there are several
     * @param path with its slash; empty for none
     * @param rest query and fragment, with their marks; empty for none
     */
    record Shared(Scheme scheme, Login login, String hosts, String path, Secret rest) implements StoreUrl {
        @Override
        public boolean isDatabase() {
            return scheme.isSql();
        }

        @Override
        public boolean isShared() {
            return true;
        }

        /** The same, with another login. */
        Shared with(Login other) {
            return new Shared(scheme, other, hosts, path, rest);
        }

        /** The whole URL; for the one place that opens it, never for a text. */
        public String reveal() {
            return scheme.prefix() + login.reveal() + hosts + path + rest.reveal();
        }

        @Override
        public String toString() {
            return scheme.prefix() + login + hosts + path;
        }
    }

    /**
     * Who logs in, percent-encoded.
     *
     * @param user empty for none
     * @param password empty for none
     */
    record Login(String user, Secret password) {
        static final Login NOBODY = new Login("", Secret.of(""));

        String reveal() {
            String secret = password.reveal().isEmpty() ? "" : ":" + password.reveal();
            return user.isEmpty() && secret.isEmpty() ? "" : user + secret + "@";
        }

        @Override
        public String toString() {
            return user.isEmpty() ? "" : user + "@";
        }
    }

    /** The beginnings of the URLs of servers. */
    enum Scheme {
        POSTGRESQL(true),
        MARIADB(true),
        REDIS(false),
        REDISS(false),
        REDIS_SENTINEL(false),
        REDISS_SENTINEL(false),
        REDIS_CLUSTER(false),
        REDISS_CLUSTER(false);

        private final boolean sql;

        Scheme(boolean sql) {
            this.sql = sql;
        }

        boolean isSql() {
            return sql;
        }

        boolean hasMaster() {
            return this == REDIS_SENTINEL || this == REDISS_SENTINEL;
        }

        boolean isCluster() {
            return this == REDIS_CLUSTER || this == REDISS_CLUSTER;
        }

        /** As it is written, without the colon. */
        public String word() {
            return Kind.word(this);
        }

        String prefix() {
            return word() + "://";
        }
    }
}
