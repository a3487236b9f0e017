/** The kit that proves a store. */
@NullMarked
package dev.sluice.contract;

import org.jspecify.annotations.NullMarked;
