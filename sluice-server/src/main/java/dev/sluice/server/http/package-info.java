/**
 * The HTTP edge: the only package that knows Vert.x. A request runs through {@link dev.sluice.server.http.HttpEdge},
 * the guard, the routes and one api class; whatever blocks runs on a worker.
 */
@NullMarked
package dev.sluice.server.http;

import org.jspecify.annotations.NullMarked;
