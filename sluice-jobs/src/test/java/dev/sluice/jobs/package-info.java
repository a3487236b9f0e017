@NullMarked
package dev.sluice.jobs;

import org.jspecify.annotations.NullMarked;
