@NullMarked
package dev.sluice.testbed;

import org.jspecify.annotations.NullMarked;
