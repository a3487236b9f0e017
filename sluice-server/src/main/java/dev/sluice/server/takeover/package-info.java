/** Takes over what another system told, from its database or its Redis, by a running server. */
@NullMarked
package dev.sluice.server.takeover;

import org.jspecify.annotations.NullMarked;
