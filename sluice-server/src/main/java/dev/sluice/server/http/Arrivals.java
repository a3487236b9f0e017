package dev.sluice.server.http;

import io.vertx.core.http.HttpConnection;
import java.util.HashSet;
import java.util.Set;

/**
 * What is on its way in, and for how long: bodies, lines of a stream, and connections that have not asked anything, or
 * nothing since their last answer. Whatever survives two sweeps is ended. Belongs to one event loop.
 */
final class Arrivals {
    private Set<Body> newBodies = new HashSet<>();
    private Set<Body> oldBodies = new HashSet<>();
    private Set<HttpConnection> newConnections = new HashSet<>();
    private Set<HttpConnection> oldConnections = new HashSet<>();

    /** What somebody sends. */
    @FunctionalInterface
    interface Body {
        /** It did not arrive in time. */
        void expire();
    }

    void begun(Body body) {
        newBodies.add(body);
    }

    /** Whether {@code body} has begun and not ended. */
    boolean expects(Body body) {
        return newBodies.contains(body) || oldBodies.contains(body);
    }

    void ended(Body body) {
        if (!newBodies.remove(body)) {
            oldBodies.remove(body);
        }
    }

    void begun(HttpConnection connection) {
        newConnections.add(connection);
    }

    void ended(HttpConnection connection) {
        if (!newConnections.remove(connection)) {
            oldConnections.remove(connection);
        }
    }

    /** Ends what was there at the last sweep already. */
    void sweep() {
        Set<Body> lateBodies = oldBodies;
        oldBodies = newBodies;
        newBodies = new HashSet<>();
        lateBodies.forEach(Body::expire);
        Set<HttpConnection> lateConnections = oldConnections;
        oldConnections = newConnections;
        newConnections = new HashSet<>();
        lateConnections.forEach(HttpConnection::close);
    }
}
