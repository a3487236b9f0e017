/**
 * Kills the real server wherever that could hurt, and counts at real sinks whether anything was lost or told twice.
 *
 * <p>Every build runs {@link dev.sluice.server.crash.CrashTest} for one round. The long form is the same test for more
 * rounds, with a line for each incident and a table at the end:
 *
 * <pre>{@code
 * ./mvnw -pl sluice-server -am test -Dtest=CrashTest -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.crash.rounds=50
 * }</pre>
 */
@NullMarked
package dev.sluice.server.crash;

import org.jspecify.annotations.NullMarked;
