/** Keeps the state of keys in Redis or Valkey: the step runs there, as one script, in one round trip. */
@NullMarked
package dev.sluice.redis;

import org.jspecify.annotations.NullMarked;
