package dev.sluice.server.http;

import io.vertx.core.http.HttpConnection;
import java.util.HashSet;
import java.util.Set;

/**
 * What is on its way in, and for how long: bodies, and connections that have not asked anything yet. Whatever survives
 * two sweeps is ended. Belongs to one event loop.
 */
final class Arrivals {
    private Set<Exchange> newBodies = new HashSet<>();
    private Set<Exchange> oldBodies = new HashSet<>();
    private Set<HttpConnection> newConnections = new HashSet<>();
    private Set<HttpConnection> oldConnections = new HashSet<>();

    void begun(Exchange body) {
        newBodies.add(body);
    }

    void ended(Exchange body) {
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
        Set<Exchange> lateBodies = oldBodies;
        oldBodies = newBodies;
        newBodies = new HashSet<>();
        lateBodies.forEach(Exchange::expire);
        Set<HttpConnection> lateConnections = oldConnections;
        oldConnections = newConnections;
        newConnections = new HashSet<>();
        lateConnections.forEach(HttpConnection::close);
    }
}
