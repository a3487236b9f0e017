@NullMarked
package dev.sluice.outbox;

import org.jspecify.annotations.NullMarked;
